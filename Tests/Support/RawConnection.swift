// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// One client connection that sends exactly the bytes it is given and reads whole HTTP/1.1 responses.
///
/// There is no pool, no redirect, no header of its own: what a test writes is what a server under test sees.
package final class RawConnection: Sendable {
    private let descriptor: Int32
    private let unread = Watched<[UInt8]>([])

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Connects to 127.0.0.1.
    package static func tcp(port: Int) throws -> RawConnection {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return try connect(to: address, family: AF_INET, label: "127.0.0.1:\(port)")
    }

    package static func unix(path: String) throws -> RawConnection {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        precondition(bytes.count < MemoryLayout.size(ofValue: address.sun_path), "socket path too long: \(path)")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return try connect(to: address, family: AF_UNIX, label: path)
    }

    private static func connect<Address>(to address: Address, family: Int32, label: String) throws -> RawConnection {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemCallFailure("socket", code: errno) }
        let connection = RawConnection(descriptor: descriptor)
        let result = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                Foundation.connect(descriptor, pointer.baseAddress, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else { throw SystemCallFailure("connect to \(label)", code: errno) }
        return connection
    }

    package func send(_ text: String, within limit: Duration = .seconds(20)) async throws {
        try await send(Array(text.utf8), within: limit)
    }

    package func send(_ bytes: [UInt8], within limit: Duration = .seconds(20)) async throws {
        let descriptor = descriptor
        try await onThread {
            let deadline = ContinuousClock.now + limit
            var rest = bytes[...]
            while !rest.isEmpty {
                try poll(descriptor, for: POLLOUT, until: deadline, what: "room to send", limit: limit)
                let count = rest.withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
                }
                if count < 0, errno == EAGAIN || errno == EINTR { continue }
                guard count > 0 else { throw SystemCallFailure("send", code: errno) }
                rest = rest.dropFirst(count)
            }
        }
        withExtendedLifetime(self) {}
    }

    /// Tells the peer that no more bytes will come.
    package func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes with a reset instead of a farewell.
    package func setResetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Reads one response; bytes after it stay for the next call. Interim (1xx) responses are skipped.
    package func response(toHead: Bool = false, within limit: Duration = .seconds(20)) async throws -> RawResponse {
        try await onThread { try self.blockingResponse(toHead: toHead, within: limit) }
    }

    /// Everything the peer sends until it closes (a reset counts as closing).
    package func bytesUntilClose(within limit: Duration = .seconds(20)) async throws -> [UInt8] {
        try await onThread {
            let deadline = ContinuousClock.now + limit
            var bytes = self.unread.change { unread in
                defer { unread = [] }
                return unread
            }
            while let more = try self.receive(until: deadline, limit: limit) { bytes += more }
            return bytes
        }
    }

    private func blockingResponse(toHead: Bool, within limit: Duration) throws -> RawResponse {
        let deadline = ContinuousClock.now + limit
        var bytes = unread.current
        var isClosed = false
        while true {
            if let (response, length) = try RawResponse.parse(bytes, toHead: toHead, isComplete: isClosed) {
                let rest = Array(bytes[length...])
                unread.change { $0 = rest }
                if response.status / 100 != 1 { return response }
                bytes = rest
                continue
            }
            if isClosed { throw UnexpectedClose(received: bytes) }
            if let more = try receive(until: deadline, limit: limit) { bytes += more } else { isClosed = true }
        }
    }

    /// The next bytes, or nil at the end of the stream.
    private func receive(until deadline: ContinuousClock.Instant, limit: Duration) throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            try poll(descriptor, for: POLLIN, until: deadline, what: "bytes from the server", limit: limit)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
            guard count > 0 else { throw SystemCallFailure("recv", code: errno) }
            return Array(buffer[..<count])
        }
    }
}

/// The peer closed in the middle of a response, or before one.
package struct UnexpectedClose: Error, CustomStringConvertible {
    package let received: [UInt8]

    package var description: String {
        "closed after \(received.count) bytes: \(String(decoding: received, as: UTF8.self))"
    }
}

private func poll(
    _ descriptor: Int32, for events: Int32, until deadline: ContinuousClock.Instant, what: String, limit: Duration
) throws {
    while true {
        let left = (deadline - ContinuousClock.now).seconds
        guard left > 0 else { throw TimedOut(what: what, limit: limit) }
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let count = Foundation.poll(&entry, 1, Int32(left * 1000) + 1)
        if count > 0 { return }
        if count < 0, errno != EINTR { throw SystemCallFailure("poll", code: errno) }
    }
}
