// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Tells the service manager how far the start is: one datagram to `$NOTIFY_SOCKET`, as sd_notify(3) describes.
struct ServiceNotification {
    enum State: String {
        case ready = "READY=1"
        case stopping = "STOPPING=1"
    }

    /// A path, or `@` and the name of an abstract socket; nil when nobody asked.
    private let socketName: String?

    init(environment: [String: String]) {
        socketName = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Never waits and never fails the caller: the service runs whether its manager listens or not.
    /// - Returns: whether the datagram left.
    @discardableResult
    func send(_ state: State) -> Bool {
        guard let socketName, let (address, length) = Self.address(socketName) else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let message = Array(state.rawValue.utf8)
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
            }
        } == message.count
    }

    /// Nil unless the name is a path or abstract, and fits.
    static func address(_ name: String) -> (sockaddr_un, socklen_t)? {
        guard name.hasPrefix("/") || name.hasPrefix("@") else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        if name.hasPrefix("@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        return (address, socklen_t(offset + bytes.count))
    }
}
