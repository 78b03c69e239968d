// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Secrets
import TestSupport
import Testing

@testable import Custody

/// Kills a process that uses a store, after each step, and looks at what it leaves behind.
///
/// The victim is this test program again: the test `victim` does the steps if it is told where.
struct KillTests {
    private static let directoryVariable = "CUSTODY_VICTIM_DIRECTORY"
    private static let ringVariable = "CUSTODY_VICTIM_RING"

    /// What the victim does, in this order.
    enum Step: String, CaseIterable, Sendable {
        case reserved, completed, quarantined, spilled, session, taken, connected, destroyed

        /// What has to be found if the process dies right after it said so.
        func check(_ store: SQLiteStore) throws {
            switch self {
            case .reserved:
                #expect(try store.homeUser("alice", in: "acme").state == .unknown)
                #expect(try store.reservations(in: nil).map(\.requestID) == ["request-alice"])
            case .completed:
                #expect(store.credential(of: "alice", in: "acme")?.tokenSecret.revealed == "new-secret")
            case .quarantined: try checkAnswer(of: "bob", store)
            case .spilled: try checkAnswer(of: "carol", store)
            case .session: #expect(try store.takeSession(oauthToken: "temporary").word == "taken")
            case .taken: #expect(try store.takeSession(oauthToken: "temporary").word == "used")
            case .connected:
                let user = try #require(try store.unconfirmedHomeUsers().first)
                #expect(store.credential(of: user.name, in: "acme")?.token.revealed == "connected")
            case .destroyed: #expect(try store.homeUser("alice", in: "acme").state == .destroyed)
            }
        }

        private func checkAnswer(of name: HomeUserName, _ store: SQLiteStore) throws {
            let entry = try #require(try store.quarantined(in: nil).first { $0.user == name })
            #expect(!entry.isSpilled)
            try store.resolveQuarantine(entry.identifier, tokenMember: "t", secretMember: "s")
            #expect(store.credential(of: name, in: "acme")?.token.revealed == "T")
        }
    }

    /// A store's directory, as the victim finds it.
    private func makeStore() throws -> StoreFixture {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importDeveloper(in: "acme")
        store.close()
        return fixture
    }

    private func startVictim(on fixture: StoreFixture) async throws -> ChildProcess {
        let ring = try fixture.directory.write(fixture.ringText.revealed, to: "ring")
        return try await ChildProcess(
            "/proc/self/exe".resolvingLink, ["--testing-library", "swift-testing", "--filter", "KillTests/victim"],
            environment: [Self.directoryVariable: fixture.path, Self.ringVariable: ring])
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment[directoryVariable] == nil), arguments: Step.allCases)
    func whatWasAcknowledgedSurvives(_ last: Step) async throws {
        let fixture = try makeStore()
        let child = try await startVictim(on: fixture)
        for step in Step.allCases {
            _ = try await child.output.line("step \(step)") { $0 == "step \(step)" }
            if step == last { break }
            try child.write("go\n")
        }
        child.send(signal: SIGKILL)
        #expect(try await child.exitStatus() == 128 + SIGKILL)
        if last == .spilled { try fixture.mend("quarantine") }
        let store = try fixture.open(createIfMissing: false)
        try last.check(store)
        store.close()
        #expect(try fixture.brokenReferences() == 0)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment[directoryVariable] != nil))
    func victim() throws {
        let environment = ProcessInfo.processInfo.environment
        let directory = try #require(environment[Self.directoryVariable])
        let ring = try #require(environment[Self.ringVariable])
        let store = try SQLiteStore.open(
            directory: directory,
            keyRing: KeyRing(fileContents: Secret(try Data(contentsOf: URL(fileURLWithPath: ring)))),
            createIfMissing: false)
        var remaining = Step.allCases[...]
        func done() {
            FileHandle.standardOutput.write(Data("step \(remaining.removeFirst())\n".utf8))
            _ = readLine()
        }
        let answer: Secret = #"{"t": "T", "s": "S"}"#
        let reservation = try store.reserve("alice")
        done()
        try store.complete(reservation)
        done()
        try store.quarantine(try store.reserve("bob"), sealedAnswer: answer, reason: "unreadable")
        done()
        let carol = try store.reserve("carol")
        try StoreFixture.breakTable("quarantine", in: directory)
        try store.quarantine(carol, sealedAnswer: answer, reason: "unreadable")
        done()
        try StoreFixture.mend("quarantine", in: directory)
        try store.addSession(.sample(token: "temporary", user: "dora"))
        done()
        guard case .taken(let session, _) = try store.takeSession(oauthToken: "temporary") else { return }
        done()
        try store.connectHomeUser(session, token: "connected", tokenSecret: "s")
        done()
        try store.destroyHomeUser("alice", in: "acme")
        done()
    }
}

extension String {
    fileprivate var resolvingLink: String { (try? FileManager.default.destinationOfSymbolicLink(atPath: self)) ?? self }
}
