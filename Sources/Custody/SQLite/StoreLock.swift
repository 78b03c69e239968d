// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Holds the exclusive lock on a store. The kernel lets go of it when the process dies, however it dies.
///
/// The file stays behind, empty: deleting it would let two processes hold locks on two files of one name.
final class StoreLock: Sendable {
    private let descriptor: Mutex<CInt?>

    init(path: String) throws(CustodyError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .storage(detail: "\(path): \(systemError())") }
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            defer { close(file) }
            if errno == EWOULDBLOCK { throw .inUse(path: path) }
            throw .storage(detail: "\(path): \(systemError())")
        }
        descriptor = Mutex(file)
    }

    /// Can be called again without harm.
    func release() {
        descriptor.withLock { descriptor in
            guard let file = descriptor else { return }
            close(file)
            descriptor = nil
        }
    }

    deinit { release() }
}
