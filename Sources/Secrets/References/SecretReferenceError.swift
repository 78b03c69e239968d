// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Why a secret could not be fetched. Names and paths are told, contents never.
package enum SecretReferenceError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformed
    case invalidName(_ prefix: String, _ expected: String)
    case noSuchVariable(String)
    case noCredentialsDirectory(_ name: String)
    case noSuchFile(String)
    case unreadable(_ path: String, reason: String)
    case notARegularFile(String)
    case tooOpen(_ path: String, mode: UInt32)
    case tooLarge(_ reference: String, limit: Int)
    case empty(_ reference: String)

    package var explanation: String {
        switch self {
        case .malformed:
            "expected `file:PATH`, `env:NAME` or `credential:NAME`; the secret itself does not belong here"
        case .invalidName(let prefix, let expected):
            "expected \(expected) behind `\(prefix)`"
        case .noSuchVariable(let name):
            "the environment variable \(name) is not set; set it, or refer to a file with `file:PATH`"
        case .noCredentialsDirectory(let name):
            "`credential:\(name)` needs systemd: start the service with `LoadCredential=\(name):PATH`, or use `file:PATH`"
        case .noSuchFile(let path):
            "\(path) does not exist; create it with mode 600, or correct the path"
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason)"
        case .notARegularFile(let path):
            "\(path) is not a regular file; put the secret in one"
        case .tooOpen(let path, let mode):
            "\(path) is open to other users (mode \(String(mode, radix: 8))); run `chmod 600 \(path)`"
        case .tooLarge(let reference, let limit):
            "\(reference) holds more than \(limit) bytes; is it the right one?"
        case .empty(let reference):
            "\(reference) is empty; put the secret in it"
        }
    }

    package var description: String { explanation }
}
