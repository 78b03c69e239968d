// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import ControlPlane

struct ListeningTests {
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = "/tmp/wego-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    @Test func theAdminSocketIsItsOwnersAlone() async throws {
        try await withDirectory { directory in
            let (fixture, path) = (try AdminFixture(), "\(directory)/run/admin.sock")
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
            let (running, signal) = AsyncStream<Void>.makeStream()
            let service = ListeningService.admin(
                fixture.api, socket: path, key: "admin.unix_socket", onRunning: { signal.yield() })
            let group = ServiceGroup(services: [service], logger: .silent)
            async let run: Void = group.run()
            for await _ in running { break }
            #expect(SocketFile.answer(at: path) == .somebodyListens)
            #expect(try Self.mode(path) == 0o600)
            #expect(try Self.mode("\(directory)/run") == 0o700)
            #expect(throws: ListenError(key: "k", place: path, reason: .inUse)) {
                try SocketFile.prepare(path, key: "k")
            }
            await group.triggerGracefulShutdown()
            try await run
            #expect(SocketFile.answer(at: path) == .absent)
        }
    }

    @Test func aStaleSocketMakesRoom() async throws {
        try await withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
            let path = "\(directory)/stale.sock"
            try Self.leaveSocket(at: path)
            #expect(SocketFile.answer(at: path) == .nobodyListens)
            try SocketFile.prepare(path, key: "k")
            #expect(SocketFile.answer(at: path) == .absent)
        }
    }

    /// A hung gateway accepts nobody, and the kernel lets only so many wait.
    @Test func aFullQueueIsNotWaitedFor() async throws {
        try await withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
            let path = "\(directory)/hung.sock"
            var address = try #require(UnixAddress.make(path))
            let descriptor = socket(AF_UNIX, UnixAddress.streamType, 0)
            defer { close(descriptor) }
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
            #expect(isBound && listen(descriptor, 0) == 0)
            for _ in 0..<4 { #expect(SocketFile.answer(at: path) == .somebodyListens) }
        }
    }

    @Test func anotherKindOfFileStays() async throws {
        try await withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
            let path = "\(directory)/notes.txt"
            try Data("keep".utf8).write(to: URL(filePath: path))
            #expect(throws: ListenError.self) { try SocketFile.prepare(path, key: "k") }
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func anOccupiedPortNamesItsKey() async throws {
        let other = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(other.localAddress?.port)
        let service = ListeningService.ops(
            OpsAPI(readiness: Readiness()) { "" }, host: "127.0.0.1", port: port, key: "ops.address",
            onRunning: { _ in })
        let error = await #expect(throws: ListenError.self) { try await service.run() }
        #expect(error?.explanation.hasPrefix("ops.address: 127.0.0.1:\(port) is already in use. Stop") == true)
        try await other.close()
    }

    /// As a process leaves it that was killed.
    private static func leaveSocket(at path: String) throws {
        var address = try #require(UnixAddress.make(path))
        let descriptor = socket(AF_UNIX, UnixAddress.streamType, 0)
        defer { close(descriptor) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }

    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
