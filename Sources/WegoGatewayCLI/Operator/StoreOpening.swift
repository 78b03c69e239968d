// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Settings

/// The store as the configuration names it.
enum StoreOpening {
    static func open(
        _ settings: GatewaySettings, environment: [String: String], createIfMissing: Bool = false
    ) throws -> SQLiteStore {
        try SQLiteStore.open(
            directory: settings.stateDirectoryPath, keyRing: try keyRing(settings, environment: environment),
            createIfMissing: createIfMissing)
    }

    static func keyRing(_ settings: GatewaySettings, environment: [String: String]) throws -> KeyRing {
        let reference = try SecretReference(settings.masterKey)
        let contents: Secret
        do throws(SecretReferenceError) {
            contents = try reference.load(relativeTo: settings.baseDirectory, environment: environment)
        } catch .noSuchFile(let path) {
            throw CommandFailure(
                .unavailable, "master_key: there is no root key at \(path).",
                next: "Create one with `wego-gateway init`, or restore the file that belongs to this state directory.")
        }
        return try KeyRing(fileContents: contents)
    }
}
