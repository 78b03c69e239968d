// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Where a secret is kept: `file:PATH`, `env:NAME` or `credential:NAME` (a file in systemd's `$CREDENTIALS_DIRECTORY`).
package struct SecretReference: Sendable, Equatable, CustomStringConvertible {
    package static let maximumByteCount = 64 * 1024

    private enum Source: Equatable {
        case file(path: String)
        case environment(name: String)
        case credential(name: String)
    }

    private let source: Source
    package let description: String

    package init(_ text: String) throws(SecretReferenceError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        // The text is not repeated in the error: a secret typed in the place of its reference is a common mistake.
        guard parts.count == 2 else { throw .malformed }
        switch parts[0] {
        case "file": source = .file(path: try Self.path(parts[1]))
        case "env": source = .environment(name: try Self.environmentName(parts[1]))
        case "credential": source = .credential(name: try Self.credentialName(parts[1]))
        default: throw .malformed
        }
        description = text
    }

    /// Relative `file:` paths start at `directory`. A file must be regular, at most 64 KiB and closed to group and others
    /// (credentials excepted: systemd guards them with access lists). One newline at the end is not part of the secret.
    /// Blocks while it reads.
    package func load(
        relativeTo directory: String, environment: [String: String]
    ) throws(SecretReferenceError) -> Secret {
        var bytes = try read(relativeTo: directory, environment: environment)
        defer { bytes.wipe() }
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        guard !bytes.isEmpty else { throw .empty(description) }
        return Secret(bytes)
    }

    private func read(
        relativeTo directory: String, environment: [String: String]
    ) throws(SecretReferenceError) -> [UInt8] {
        switch source {
        case .file(let path):
            return try SecretFile(path: Self.resolve(path, in: directory), mustBePrivate: true).read()
        case .environment(let name):
            guard let value = environment[name] else { throw .noSuchVariable(name) }
            guard value.utf8.count <= Self.maximumByteCount else {
                throw .tooLarge(description, limit: Self.maximumByteCount)
            }
            return Array(value.utf8)
        case .credential(let name):
            guard let credentials = environment["CREDENTIALS_DIRECTORY"], credentials.hasPrefix("/") else {
                throw .noCredentialsDirectory(name)
            }
            return try SecretFile(path: Self.resolve(name, in: credentials), mustBePrivate: false).read()
        }
    }

    private static func resolve(_ path: String, in directory: String) -> String {
        path.hasPrefix("/") || directory.isEmpty ? path : "\(directory)/\(path)"
    }

    private static func path(_ text: String) throws(SecretReferenceError) -> String {
        guard !text.isEmpty, !text.utf8.contains(0) else { throw .invalidName("file:", "a path") }
        return text
    }

    private static func environmentName(_ text: String) throws(SecretReferenceError) -> String {
        let isValid =
            text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
            && !(text.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? true)
        guard isValid else { throw .invalidName("env:", "the name of an environment variable") }
        return text
    }

    private static func credentialName(_ text: String) throws(SecretReferenceError) -> String {
        let isValid =
            text.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
            && !["", ".", ".."].contains(text)
        guard isValid else {
            throw .invalidName("credential:", "the name of a systemd credential (letters, digits, . _ -)")
        }
        return text
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
