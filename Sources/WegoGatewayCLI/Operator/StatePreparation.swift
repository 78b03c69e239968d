// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import Secrets
import Settings

/// What `init` makes: state directory, root key, empty store. Never touches what is there.
struct StatePreparation {
    let settings: GatewaySettings
    let environment: [String: String]

    /// - Returns: the path of the root key file, if one was made.
    func create() throws -> String? {
        let directory = settings.stateDirectoryPath
        guard !StoreOpening.hasStore(settings) else {
            throw CommandFailure(
                .usage, "There is already a store in \(directory); nothing was changed.",
                next: "Use it as it is, or choose another state_directory.")
        }
        try makeDirectory(directory)
        let madeKey = try createRootKey()
        try StoreOpening.open(settings, environment: environment, createIfMissing: true).close()
        return madeKey
    }

    /// Only where the reference is a file that does not exist: other places are the operator's to fill.
    private func createRootKey() throws -> String? {
        guard settings.masterKey.hasPrefix("file:") else { return nil }
        let path = settings.resolve(String(settings.masterKey.dropFirst("file:".count)))
        guard !FileManager.default.fileExists(atPath: path) else { return nil }
        let contents = KeyRing.generate().fileContents
        try NewFile.write(contents.expose { Array($0) }, to: path, what: "root key")
        return path
    }

    private func makeDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(
                .unavailable, "state_directory: cannot create \(path): \(String(cString: strerror(errno))).",
                next: "Choose another state_directory, or create it for the user this command runs as.")
        }
    }
}
