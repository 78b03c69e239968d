// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Dispatch
import Secrets
import Synchronization
import Testing

struct SnapshotTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme", token: "0")
        try store.importUser("bob", in: "acme")
    }

    @Test func aSnapshotInHandDoesNotChange() throws {
        let before = store.snapshot
        try store.removeHomeUser("alice", in: "acme")
        #expect(before.homeUser("alice", in: "acme") != nil)
        #expect(store.snapshot.homeUser("alice", in: "acme") == nil)
        #expect(store.snapshot.generation == before.generation + 1)
    }

    @Test func aChangeLeavesTheOtherEntriesAlone() throws {
        let before = store.snapshot
        try store.importUser("alice", in: "acme", token: "1", replacing: true)
        let after = store.snapshot
        #expect(after.homeUser("bob", in: "acme") === before.homeUser("bob", in: "acme"))
        #expect(after.homeUser("alice", in: "acme") !== before.homeUser("alice", in: "acme"))
    }

    @Test func aFailedChangeLeavesTheSnapshotAlone() throws {
        let before = store.snapshot
        #expect(throws: CustodyError.self) { try store.importUser("alice", in: "acme", token: "1") }
        #expect(throws: CustodyError.self) { try store.importUser("new", in: "acme", token: "") }
        #expect(store.snapshot.generation == before.generation)
        #expect(store.snapshot.homeUser("new", in: "acme") == nil)
    }

    @Test func countsEverything() throws {
        try store.setState(.frozen, reason: nil, of: "bob", in: "acme")
        _ = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        let counts = store.snapshot.counts
        #expect(counts.tenants == 1)
        #expect(counts.consumers == 1)
        #expect(counts.callers == 1)
        #expect(counts.homeUsers == [.active: 1, .frozen: 1])
    }

    @Test func readersSeeWholeChangesWhileOthersWrite() throws {
        let rounds = 200
        let finished = Atomic(false)
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { worker in
            if worker == 0 {
                do {
                    for round in 1...rounds {
                        try store.importUser("alice", in: "acme", token: "\(round)", replacing: true)
                    }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
                finished.store(true, ordering: .releasing)
            } else {
                var last = -1
                repeat {
                    let credential = store.credential(of: "alice", in: "acme")
                    let token = credential?.token.revealed ?? ""
                    let number = Int(token) ?? -2
                    if number < last || credential?.tokenSecret.revealed != token + "-secret" {
                        failures.withLock { $0.append("\(number) after \(last)") }
                    }
                    last = number
                } while !finished.load(ordering: .acquiring)
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "\(rounds)")
    }

    @Test func writersFromManyThreadsAllSucceed() throws {
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 50) { number in
            do {
                guard let name = HomeUserName("user\(number)") else { return }
                try store.importUser(name, in: "acme")
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
        #expect(store.snapshot.counts.homeUsers == [.active: 52])
    }
}
