// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Foundation

/// Signs checkpoints. The key stays in Crypto's own storage, which wipes itself.
struct CheckpointKey: Sendable {
    static let publicKeyName = "audit.pub"
    private static let prefix = "wgak1:"

    let publicKey: CheckpointPublicKey
    private let signing: Curve25519.Signing.PrivateKey

    private init(_ signing: Curve25519.Signing.PrivateKey) {
        self.signing = signing
        publicKey = CheckpointPublicKey(raw: Array(signing.publicKey.rawRepresentation))
    }

    static func random() -> CheckpointKey {
        CheckpointKey(Curve25519.Signing.PrivateKey())
    }

    func sign(_ text: String) throws(CheckpointKeyError) -> [UInt8] {
        do {
            return Array(try signing.signature(for: Array(text.utf8)))
        } catch {
            throw CheckpointKeyError()
        }
    }

    /// Reads the key file, or creates it (0600); then makes sure of the public key in each directory.
    ///
    /// - Parameter mayCreate: false when records are there already: a new key would not fit their checkpoints.
    static func load(
        _ path: String, publicKeyPaths: [String], mayCreate: Bool
    ) throws(JournalOpenError) -> CheckpointKey {
        if access(path, F_OK) != 0 {
            guard mayCreate else {
                throw .key(
                    path: path,
                    reason: "it is missing, but there is a journal signed with it; restore it, or start a new directory"
                )
            }
            try random().store(path)
        }
        let key = try read(path)
        for place in publicKeyPaths { try key.publish(place) }
        return key
    }

    static func read(_ path: String) throws(JournalOpenError) -> CheckpointKey {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .key(path: path, reason: systemMessage(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .key(path: path, reason: "it is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .key(path: path, reason: "others may read it; close it with `chmod 600 \(path)`")
        }
        let limit = 256
        let key = withUnsafeTemporaryAllocation(byteCount: limit, alignment: 1) { buffer -> CheckpointKey? in
            defer { buffer.initializeMemory(as: UInt8.self, repeating: 0) }
            let count = Foundation.read(descriptor, buffer.baseAddress, limit)
            return count > 0 ? CheckpointKey(fileText: buffer.prefix(count)) : nil
        }
        guard let key else { throw .key(path: path, reason: "expected one line `\(prefix)` and 64 hexadecimal digits") }
        return key
    }

    private init?(fileText: some Collection<UInt8>) {
        var text = Array(fileText)
        defer { for index in text.indices { text[index] = 0 } }
        if text.last == 0x0A { text.removeLast() }
        guard text.starts(with: Self.prefix.utf8), text.count == Self.prefix.utf8.count + 64,
            var raw = Hexadecimal.bytes(text.dropFirst(Self.prefix.utf8.count))
        else { return nil }
        defer { for index in raw.indices { raw[index] = 0 } }
        guard let signing = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw) else { return nil }
        self.init(signing)
    }

    private func store(_ path: String) throws(JournalOpenError) {
        var text = Array(Self.prefix.utf8)
        signing.rawRepresentation.withUnsafeBytes { Hexadecimal.append($0, to: &text) }
        text.append(0x0A)
        defer { for index in text.indices { text[index] = 0 } }
        try PrivateFile.create(path, contents: text, mode: 0o600)
    }

    private func publish(_ path: String) throws(JournalOpenError) {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            guard CheckpointPublicKey(text) == publicKey else {
                throw .key(path: path, reason: "it is not the public key that belongs to the signing key")
            }
            return
        }
        try PrivateFile.create(path, contents: Array((publicKey.text + "\n").utf8), mode: 0o644)
    }
}

struct CheckpointKeyError: Error {}

/// Creates a small file that must not be there yet, durably.
enum PrivateFile {
    static func create(_ path: String, contents: [UInt8], mode: mode_t) throws(JournalOpenError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw .io(path: path, reason: systemMessage(errno)) }
        defer { close(descriptor) }
        let written = contents.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        guard written == contents.count, fsync(descriptor) == 0 else {
            let code = errno
            unlink(path)
            throw .io(path: path, reason: systemMessage(code))
        }
        let directory = URL(filePath: path).deletingLastPathComponent().path
        do throws(DiskError) {
            try POSIXDisk().syncDirectory(directory)
        } catch {
            throw .io(path: directory, reason: error.description)
        }
    }
}
