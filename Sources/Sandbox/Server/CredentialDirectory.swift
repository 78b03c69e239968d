// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Secrets

/// A directory with what clients of the sandbox need, one value per file, ready for `--secret-file`:
/// `ca.pem`, `consumer.key`, `consumer.secret`, `users/NAME.token`, `users/NAME.secret`, and while it runs `url`.
///
/// Directories have mode 0700, files 0600, except the certificate.
package struct CredentialDirectory: Sendable {
    /// Bytes; credentials are 40, but others may be given.
    static let maximumFileSize = 4_096

    package let path: String

    package init(_ path: String) { self.path = path }

    package var caFile: String { path + "/ca.pem" }
    /// Where the sandbox listens; there while it does.
    package var addressFile: String { path + "/url" }
    package var consumerKeyFile: String { path + "/consumer.key" }
    package var consumerSecretFile: String { path + "/consumer.secret" }
    package func tokenFile(_ username: String) -> String { "\(path)/users/\(username).token" }
    package func secretFile(_ username: String) -> String { "\(path)/users/\(username).secret" }

    /// The name of the user whose token may create home users.
    package static let developer = "developer"

    /// All whose token lies here, the developer first.
    package func usernames() -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path + "/users")) ?? []
        let names = files.filter { $0.hasSuffix(".token") }.map { String($0.dropLast(".token".count)) }
        return names.filter { $0 == Self.developer } + names.filter { $0 != Self.developer }.sorted()
    }

    /// Once clients can connect.
    func write(address: SandboxAddress) throws(SandboxError) {
        try PrivateFile.write(Secret(utf8: address.url), to: addressFile)
    }

    func removeAddress() { unlink(addressFile) }

    /// Writes everything but certificate and address. Only the first consumer is written: one is what a client needs.
    func write(_ configuration: SandboxConfiguration) throws(SandboxError) {
        for directory in [path, path + "/users"] { try Self.makeDirectory(directory) }
        if let consumer = configuration.consumers.first {
            try PrivateFile.write(Secret(utf8: consumer.key), to: consumerKeyFile)
            try PrivateFile.write(consumer.secret, to: consumerSecretFile)
        }
        for token in configuration.tokens {
            try PrivateFile.write(token.pair.token, to: tokenFile(token.username))
            try PrivateFile.write(token.pair.secret, to: secretFile(token.username))
        }
    }

    /// Nil unless both halves are there.
    func consumer() throws(SandboxError) -> SandboxConfiguration.Consumer? {
        guard let key = try PrivateFile.read(consumerKeyFile), let secret = try PrivateFile.read(consumerSecretFile)
        else { return nil }
        return SandboxConfiguration.Consumer(key: key.expose { String(decoding: $0, as: UTF8.self) }, secret: secret)
    }

    /// Nil unless both halves are there.
    func pair(of username: String) throws(SandboxError) -> TokenPair? {
        guard Self.isSafeName(username) else { throw .badUsername(username) }
        guard let token = try PrivateFile.read(tokenFile(username)),
            let secret = try PrivateFile.read(secretFile(username))
        else { return nil }
        return TokenPair(token: token, secret: secret)
    }

    /// The gateway's own rule for names of home users; such a name is also a harmless file name.
    static func isSafeName(_ name: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        return (1...64).contains(name.utf8.count) && isAlphanumeric(name.utf8.first ?? 0)
            && name.utf8.allSatisfy { isAlphanumeric($0) || "._@-".utf8.contains($0) }
    }

    private static func makeDirectory(_ path: String) throws(SandboxError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .cannotWrite(path: path, reason: PrivateFile.lastError())
        }
    }
}
