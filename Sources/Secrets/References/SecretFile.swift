// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Glibc

/// A file a secret is read from. What was checked is what is read: all questions go to the open descriptor.
struct SecretFile {
    let path: String
    let mustBePrivate: Bool

    func read() throws(SecretReferenceError) -> [UInt8] {
        let file = try Descriptor(path: path)
        try check(file)
        return try contents(of: file)
    }

    private func check(_ file: borrowing Descriptor) throws(SecretReferenceError) {
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .unreadable(path, reason: Self.reason(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path) }
        let mode = status.st_mode & 0o777
        guard !mustBePrivate || mode & 0o077 == 0 else { throw .tooOpen(path, mode: mode) }
    }

    private func contents(of file: borrowing Descriptor) throws(SecretReferenceError) -> [UInt8] {
        // One byte more than allowed, so that too large is seen without trusting the size the system reports.
        var bytes = [UInt8](repeating: 0, count: SecretReference.maximumByteCount + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(file.number, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count == 0 { break }
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                bytes.wipe()
                throw .unreadable(path, reason: Self.reason(code))
            }
            filled += count
        }
        guard filled <= SecretReference.maximumByteCount else {
            bytes.wipe()
            throw .tooLarge(path, limit: SecretReference.maximumByteCount)
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    private static func reason(_ code: Int32) -> String {
        String(cString: strerror(code))
    }

    /// Non-blocking, so that a pipe in the file's place is refused instead of waited for.
    private struct Descriptor: ~Copyable {
        let number: Int32

        init(path: String) throws(SecretReferenceError) {
            number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            guard number >= 0 else {
                let code = errno
                throw code == ENOENT ? .noSuchFile(path) : .unreadable(path, reason: SecretFile.reason(code))
            }
        }

        deinit {
            close(number)
        }
    }
}
