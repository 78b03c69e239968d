// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Secrets

/// Small files that only their owner may read.
enum PrivateFile {
    /// A new file takes the place of the old one in one step, so no reader sees half a value or a wide mode.
    static func write(_ secret: Secret, to path: String, mode: mode_t = 0o600) throws(SandboxError) {
        let draft = "\(path).\(getpid()).new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: lastError()) }
        var isWritten = secret.expose { bytes in
            bytes.isEmpty || Foundation.write(descriptor, bytes.baseAddress, bytes.count) == bytes.count
        }
        isWritten = isWritten && fchmod(descriptor, mode) == 0
        let reason = lastError()
        guard close(descriptor) == 0, isWritten, rename(draft, path) == 0 else {
            unlink(draft)
            throw .cannotWrite(path: path, reason: isWritten ? lastError() : reason)
        }
    }

    /// Without a trailing newline. Nil if there is no such file.
    static func read(_ path: String) throws(SandboxError) -> Secret? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .cannotRead(path: path, reason: lastError())
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: CredentialDirectory.maximumFileSize + 1)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw .cannotRead(path: path, reason: lastError()) }
        guard count <= CredentialDirectory.maximumFileSize else {
            throw .cannotRead(path: path, reason: "it is longer than \(CredentialDirectory.maximumFileSize) bytes")
        }
        let value = bytes[..<count].last == UInt8(ascii: "\n") ? bytes[..<(count - 1)] : bytes[..<count]
        guard !value.isEmpty else { throw .cannotRead(path: path, reason: "it is empty; remove it for a new value") }
        return Secret(Array(value))
    }

    static func lastError() -> String { String(cString: strerror(errno)) }
}
