// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import Secrets
import Settings

/// The store as the configuration names it.
enum StoreOpening {
    /// What a process that died left behind stays as it is until there is a journal to record what becomes of it: whoever
    /// opens that has the store settle it.
    static func open(
        _ settings: GatewaySettings, environment: [String: String], createIfMissing: Bool = false
    ) throws -> SQLiteStore {
        try SQLiteStore.open(
            directory: settings.stateDirectoryPath, keyRing: try keyRing(settings, environment: environment),
            createIfMissing: createIfMissing, settling: false)
    }

    static func keyRing(_ settings: GatewaySettings, environment: [String: String]) throws -> KeyRing {
        let reference = try SecretReference(settings.masterKey)
        let contents: Secret
        do throws(SecretReferenceError) {
            contents = try reference.load(relativeTo: settings.baseDirectory, environment: environment)
        } catch .noSuchFile(let path) {
            throw CommandFailure(
                .unavailable, "master_key: there is no root key at \(path).",
                next: hasStore(settings)
                    ? "Restore the file that belongs to \(settings.stateDirectoryPath); no new key opens that store."
                    : "Create one with `wego-gateway init`, or correct master_key and state_directory.")
        }
        return try KeyRing(fileContents: contents)
    }

    static func hasStore(_ settings: GatewaySettings) -> Bool {
        FileManager.default.fileExists(atPath: "\(settings.stateDirectoryPath)/custody.sqlite")
    }
}
