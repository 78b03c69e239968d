// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Custody
import Foundation
import ServiceLifecycle
import StrictJSON
import Testing

@testable import WegoGatewayCLI

struct AdminConnectionTests {
    @Test func worksWithoutAGateway() async throws {
        let fixture = try GatewayFixture()
        try await AdminConnection.with(fixture.settings) { admin in
            try await admin.send(.post, ["tenants"], body: .members(["name": .string("acme")]))
        }
        let tenants = try await AdminConnection.with(fixture.settings) { try await $0.send(.get, ["tenants"]) }
        #expect(tenants["tenants"]?.elements?.compactMap { $0["tenant"]?.string } == ["acme"])
    }

    @Test func refusalsAreProblems() async throws {
        let fixture = try GatewayFixture()
        let problem = await #expect(throws: AdminProblem.self) {
            try await AdminConnection.with(fixture.settings) { try await $0.send(.delete, ["tenants", "nobody"]) }
        }
        #expect(problem?.kind == "not-found")
    }

    /// The store is locked by the gateway, so an answer proves that it came over the socket.
    @Test func worksOnARunningGateway() async throws {
        let fixture = try GatewayFixture()
        let store = try StoreOpening.open(fixture.settings, environment: [:])
        defer { store.close() }
        let (running, signal) = AsyncStream<Void>.makeStream()
        let journal = CommandJournal(fixture.settings, store)
        defer { journal.close() }
        let api = AdminAPI(custody: store, calls: nil, journal: journal) { .members(["gateway": .bool(true)]) }
        let service = ListeningService.admin(
            api, socket: fixture.settings.adminSocketPath, key: "admin.unix_socket"
        ) { signal.yield() }
        let group = ServiceGroup(services: [service], logger: .silent)
        async let run: Void = group.run()
        for await _ in running { break }
        try await AdminConnection.with(fixture.settings) { admin in
            try await admin.send(.post, ["tenants"], body: .members(["name": .string("acme")]))
            #expect(EntryOutput.text(try await admin.send(.get, ["status"])["gateway"]) == "yes")
        }
        #expect(try store.tenants().map(\.name.rawValue) == ["acme"])
        await group.triggerGracefulShutdown()
        try await run
    }

    @Test func aHeldStoreWithoutASocketIsExplained() async throws {
        let fixture = try GatewayFixture()
        let store = try StoreOpening.open(fixture.settings, environment: [:])
        defer { store.close() }
        var waits = 0
        await #expect(throws: CustodyError.self) {
            try await AdminConnection.with(fixture.settings, wait: { waits += 1 }) {
                try await $0.send(.get, ["tenants"])
            }
        }
        #expect(waits == 19)
    }

    @Test func waitsForAStoreThatIsHeldForAMoment() async throws {
        let fixture = try GatewayFixture()
        let store = try StoreOpening.open(fixture.settings, environment: [:])
        let tenants = try await AdminConnection.with(fixture.settings, wait: { store.close() }) {
            try await $0.send(.get, ["tenants"])
        }
        #expect(tenants["tenants"]?.elements?.isEmpty == true)
    }

    @Test(arguments: ["", "a b", "..", "a/b", String(repeating: "x", count: 65)])
    func refusesWhatIsNoName(name: String) async throws {
        let fixture = try GatewayFixture()
        let problem = await #expect(throws: AdminProblem.self) {
            try await AdminConnection.with(fixture.settings) { try await $0.send(.get, ["users", name]) }
        }
        #expect(problem?.status == 400 && problem?.detail.hasPrefix("name: ") == true)
    }

    @Test func aFileInTheSocketsPlaceIsExplained() async throws {
        let fixture = try GatewayFixture()
        try Data("x".utf8).write(to: URL(filePath: fixture.settings.adminSocketPath))
        let failure = await #expect(throws: CommandFailure.self) {
            try await AdminConnection.with(fixture.settings) { try await $0.send(.get, ["tenants"]) }
        }
        #expect(failure?.what.contains("is no socket") == true)
    }
}
