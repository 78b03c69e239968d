// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import GRDB
import RateLimits
import Testing

@testable import Custody

struct LimitOverrideTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    private static let alice = LimitedObject.homeUser("alice", in: "acme")
    private static let all: [LimitedObject] = [
        .caller("app", in: "acme"), .consumer("main", in: "acme"), alice, .tenant("acme"),
    ]

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme")
        _ = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
    }

    private func adjustment(
        _ rate: String? = "60/min", burst: Int? = nil, windows: [String]? = nil, isShadow: Bool? = nil
    ) throws -> LimitAdjustment {
        try LimitAdjustment(rate: rate, burst: burst, concurrency: nil, windows: windows, isShadow: isShadow)
    }

    private func set(
        _ object: LimitedObject = alice, _ adjustment: LimitAdjustment? = nil, note: String? = nil,
        keepingRest: Bool = false, in other: SQLiteStore? = nil
    ) throws -> LimitOverride {
        try (other ?? store).setLimits(
            try adjustment ?? self.adjustment(), of: object, note: note, keepingRest: keepingRest)
    }

    /// What the hot path finds in the objects it has in hand.
    private func inSnapshot(_ object: LimitedObject, of store: SQLiteStore) -> LimitAdjustment? {
        let snapshot = store.snapshot
        let key = snapshot.callers(in: "acme").first?.keyIdentifiers.first ?? ""
        return switch object.kind {
        case .homeUser: snapshot.homeUser("alice", in: "acme")?.limits?.adjustment
        case .caller: snapshot.caller(keyIdentifier: key)?.limits?.adjustment
        case .tenant: snapshot.tenantLimits(of: "acme")?.adjustment
        case .consumer: snapshot.consumer("main", in: "acme")?.limits?.adjustment
        }
    }

    @Test(arguments: all)
    func isInTheSnapshotAtOnceAndAfterOpeningAnew(_ object: LimitedObject) throws {
        let adjustment = try LimitAdjustment(
            rate: "60/min", burst: 10, concurrency: 4, windows: ["5000/d", "900/h"], isShadow: true)
        #expect(inSnapshot(object, of: store) == nil)
        let set = try set(object, adjustment, note: "nightly job")
        #expect(inSnapshot(object, of: store) == adjustment)
        store.close()
        let reopened = try fixture.open()
        #expect(inSnapshot(object, of: reopened) == adjustment)
        #expect(try reopened.limitOverride(of: object) == set)
        #expect(set.note == "nightly job" && set.since == fixture.clock.now)
        try reopened.removeLimits(of: object)
        #expect(inSnapshot(object, of: reopened) == nil)
        reopened.close()
        #expect(try rows() == 0)
    }

    @Test(arguments: all)
    func goesWithItsObject(_ object: LimitedObject) throws {
        _ = try set(object)
        switch object {
        case .homeUser(let name, let tenant): try store.removeHomeUser(name, in: tenant)
        case .caller(let name, let tenant): try store.removeCaller(name, in: tenant)
        case .consumer(let name, let tenant):
            try store.removeHomeUser("alice", in: tenant)
            try store.removeConsumer(name, in: tenant)
        case .tenant(let name):
            try store.removeHomeUser("alice", in: name)
            try store.removeTenant(name)
        }
        #expect(try store.limitOverrides(in: nil).isEmpty)
        #expect(try rows() == 0)
        #expect(throws: CustodyError.self) { try store.limitOverride(of: object) }
    }

    /// A name that is used again does not inherit the limits of the one before.
    @Test func doesNotComeBackWithTheName() throws {
        for object in Self.all { _ = try set(object) }
        try store.removeHomeUser("alice", in: "acme")
        try store.removeTenant("acme")
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme")
        _ = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        for object in Self.all { #expect(inSnapshot(object, of: store) == nil) }
        #expect(try rows() == 0)
    }

    @Test func outlivesChangesOfItsObject() throws {
        for object in Self.all { _ = try set(object) }
        try store.importUser("alice", in: "acme", token: "new", replacing: true)
        try store.setState(.frozen, reason: nil, of: "alice", in: "acme")
        _ = try store.rotateCaller("app", in: "acme", keepingPrevious: false)
        try store.rotateConsumer("main", in: "acme", key: "k2", secret: "s2")
        for object in Self.all { #expect(try inSnapshot(object, of: store) == adjustment()) }
        store.close()
        let reopened = try fixture.open()
        for object in Self.all { #expect(try inSnapshot(object, of: reopened) == adjustment()) }
        #expect(reopened.snapshot.homeUser("alice", in: "acme")?.user.state == .frozen)
    }

    @Test func leavesTheCredentialAndTheKeysAlone() throws {
        let before = store.snapshot
        for object in Self.all { _ = try set(object) }
        let after = store.snapshot
        #expect(after.homeUser("alice", in: "acme")?.credential?.token.revealed == "acme-alice-token")
        #expect(
            after.homeUser("alice", in: "acme")?.keyIdentifier == before.homeUser("alice", in: "acme")?.keyIdentifier)
        #expect(after.consumer("main", in: "acme")?.secret?.revealed == "acme-consumer-secret")
        #expect(after.callers(in: "acme") == before.callers(in: "acme"))
        // Whoever derived something from the old object sees that it is another.
        #expect(after.homeUser("alice", in: "acme") !== before.homeUser("alice", in: "acme"))
    }

    @Test func setsAnewOrKeepsTheRest() throws {
        _ = try set(Self.alice, adjustment(burst: 10, windows: ["5000/d"]), note: "why")
        fixture.clock.advance(by: 60)
        let kept = try set(Self.alice, adjustment(nil, isShadow: true), keepingRest: true)
        #expect(try kept.adjustment == adjustment(burst: 10, windows: ["5000/d"], isShadow: true))
        #expect(kept.note == "why" && kept.changed == kept.since + 60)
        let anew = try set(Self.alice, adjustment(nil, windows: []))
        #expect(try anew.adjustment == adjustment(nil, windows: []))
        #expect(anew.note == nil && anew.since == kept.since)
        store.close()
        #expect(try fixture.open().limitOverride(of: Self.alice) == anew)
    }

    @Test func refusesWhatDoesNotFitTheRestAndChangesNothing() throws {
        let old = try set(Self.alice, adjustment(burst: 1_000))
        let generation = store.snapshot.generation
        let error = custodyError { _ = try set(Self.alice, adjustment("1/d"), keepingRest: true) }
        #expect(error?.explanation.hasPrefix("burst: expected at most 365") == true)
        for note in ["", "two\nlines", String(repeating: "n", count: 257)] {
            let error = custodyError { _ = try set(note: note) }
            #expect(error?.explanation.hasPrefix("The note must be one line") == true)
        }
        #expect(try store.limitOverride(of: Self.alice) == old)
        #expect(store.snapshot.generation == generation)
    }

    @Test(arguments: [
        (LimitedObject.homeUser("bob", in: "acme"), "home user"), (.caller("web", in: "acme"), "caller"),
        (.consumer("alt", in: "acme"), "consumer"), (.tenant("beta"), "tenant"),
        (.homeUser("alice", in: "beta"), "tenant"),
    ])
    func namesTheObjectThatIsMissing(_ object: LimitedObject, kind: String) throws {
        for attempt in [
            { _ = try set(object) }, { try store.removeLimits(of: object) },
            { _ = try store.limitOverride(of: object) },
        ] {
            #expect(custodyError(attempt)?.explanation.hasPrefix("There is no \(kind) named") == true)
        }
    }

    @Test func saysWhereTheDefaultsHold() throws {
        let error = custodyError { try store.removeLimits(of: Self.alice) }
        #expect(error == .notFound(kind: .limitOverride, name: "alice"))
        #expect(custodyError { _ = try store.limitOverride(of: Self.alice) } == error)
        #expect(error?.explanation.contains("The defaults hold for it") == true)
    }

    @Test func listsByTenantKindAndName() throws {
        try store.addTenantWithConsumer("beta")
        try store.importUser("bob", in: "acme")
        _ = try set(.tenant("beta"))
        _ = try set(.homeUser("bob", in: "acme"))
        for object in Self.all.reversed() { _ = try set(object) }
        let names = try store.limitOverrides(in: nil).map { "\($0.object.kind.rawValue) \($0.object.name)" }
        #expect(
            names == ["caller app", "consumer main", "home-user alice", "home-user bob", "tenant acme", "tenant beta"])
        #expect(try store.limitOverrides(in: "beta").map(\.object) == [.tenant("beta")])
        #expect(throws: CustodyError.self) { try store.limitOverrides(in: "gamma") }
    }

    @Test func limitsTheirNumber() throws {
        store.close()
        var limits = CustodyLimits()
        limits.maximumLimitOverrides = 1
        let store = try fixture.open(limits: limits)
        _ = try set(in: store)
        _ = try set(Self.alice, adjustment("5/min"), in: store)
        guard case .limitReached(let reason) = custodyError({ _ = try set(.tenant("acme"), in: store) }) else {
            Issue.record("no limit")
            return
        }
        #expect(reason.contains("1 limit overrides"))
        try store.removeLimits(of: Self.alice)
        _ = try set(.tenant("acme"), in: store)
    }

    @Test func aRowThatNobodyWroteIsTampering() throws {
        _ = try set()
        store.close()
        try fixture.meddle { try $0.execute(sql: "UPDATE limit_override SET rate = '0/min'") }
        let error = custodyError { _ = try fixture.open() }
        #expect(error == .tampered(what: "the limit override of home-user alice is not valid"))
    }

    @Test func belongsToExactlyOneObject() throws {
        store.close()
        for columns in ["since", "home_user, tenant, since"] {
            let values = columns == "since" ? "1" : "1, 1, 1"
            #expect(throws: DatabaseError.self) {
                try fixture.meddle {
                    try $0.execute(sql: "INSERT INTO limit_override (\(columns), changed) VALUES (\(values), 1)")
                }
            }
        }
    }

    private func rows() throws -> Int {
        try fixture.meddle { try Int.fetchOne($0, sql: "SELECT count(*) FROM limit_override") ?? -1 }
    }
}
