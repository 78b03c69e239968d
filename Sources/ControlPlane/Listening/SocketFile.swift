// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The place of a Unix socket in the file system.
package enum SocketFile {
    /// Makes room for a listener at `path`: creates the directory (0700) and removes a socket nobody answers on.
    ///
    /// The caller holds the store's lock, so no other gateway is about to bind there.
    package static func prepare(_ path: String, key: String) throws(ListenError) {
        try createDirectory(of: path, key: key)
        switch answer(at: path) {
        case .nobodyListens: unlink(path)
        case .absent: return
        case .somebodyListens: throw ListenError(key: key, place: path, reason: .inUse)
        case .notASocket: throw ListenError(key: key, place: path, reason: .system("the file there is no socket"))
        case .failed(let code):
            throw ListenError(key: key, place: path, reason: .system(String(cString: strerror(code))))
        }
    }

    /// Only its owner may talk to it.
    package static func restrict(_ path: String) {
        chmod(path, 0o600)
    }

    package static func remove(_ path: String) {
        unlink(path)
    }

    /// Who is at the other end of a socket's path.
    package enum Answer: Sendable, Equatable {
        case absent, somebodyListens, nobodyListens, notASocket
        case failed(errno: Int32)
    }

    package static func answer(at path: String) -> Answer {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT ? .absent : .failed(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return .notASocket }
        guard var address = UnixAddress.make(path) else { return .failed(errno: ENAMETOOLONG) }
        // A hung process leaves its accept queue full; whoever would have to wait for a place knows enough.
        let descriptor = socket(AF_UNIX, UnixAddress.streamType | UnixAddress.nonBlocking, 0)
        guard descriptor >= 0 else { return .failed(errno: errno) }
        defer { close(descriptor) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 || errno == EAGAIN { return .somebodyListens }
        return errno == ECONNREFUSED ? .nobodyListens : .failed(errno: errno)
    }

    private static func createDirectory(of path: String, key: String) throws(ListenError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let directory = String(path[..<slash])
        guard mkdir(directory, 0o700) != 0, errno != EEXIST else { return }
        throw ListenError(
            key: key, place: path, reason: .system("cannot create \(directory): \(String(cString: strerror(errno)))"))
    }
}

enum UnixAddress {
    #if canImport(Glibc)
    static let streamType = Int32(SOCK_STREAM.rawValue)
    static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
    #else
    static let streamType = SOCK_STREAM
    static let nonBlocking: Int32 = 0
    #endif

    /// Nil when the path does not fit.
    static func make(_ path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }
}
