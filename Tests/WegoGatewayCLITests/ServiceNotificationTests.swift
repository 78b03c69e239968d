// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import WegoGatewayCLI

struct ServiceNotificationTests {
    @Test func reachesAManagerOnAPath() throws {
        let directory = try TemporaryDirectory("notify")
        let manager = try Manager(directory.file("notify.sock"))
        let notification = ServiceNotification(environment: ["NOTIFY_SOCKET": directory.file("notify.sock")])
        #expect(notification.send(.ready))
        #expect(manager.receive() == "READY=1")
        #expect(notification.send(.stopping))
        #expect(manager.receive() == "STOPPING=1")
    }

    @Test func reachesAManagerOnAnAbstractSocket() throws {
        let name = "@wego-gateway-test-\(UUID().uuidString)"
        let manager = try Manager(name)
        #expect(ServiceNotification(environment: ["NOTIFY_SOCKET": name]).send(.ready))
        #expect(manager.receive() == "READY=1")
    }

    @Test(arguments: [nil, "", "relative.sock", "/nonexistent/notify.sock", "/" + String(repeating: "d", count: 200)])
    func sendsNothingWhereNobodyListens(name: String?) {
        let environment = name.map { ["NOTIFY_SOCKET": $0] } ?? [:]
        #expect(!ServiceNotification(environment: environment).send(.ready))
    }
}

/// The receiving end, as systemd has it.
private final class Manager {
    private let descriptor: Int32

    init(_ name: String) throws {
        var (address, length) = try #require(ServiceNotification.address(name))
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    /// A datagram on a local socket is there when `sendto` has returned.
    func receive() -> String {
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
