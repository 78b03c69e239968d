// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Audit

/// Decisions without files, threads or clocks.
struct JournalStateTests {
    private let ok: Result<Void, JournalProblem> = .success(())
    private let broken: Result<Void, JournalProblem> = .failure(
        JournalProblem(kind: .failed, path: "/p", reason: "EIO"))

    private func opened(_ rules: JournalRules = JournalRules()) throws -> JournalState {
        var state = JournalState(rules: rules)
        _ = try state.append([record(.start(GatewayStart(version: "1", process: 1)))])
        let order = try unwrapped(state.beginOpen(now: 1))
        _ = state.opened(order, path: "/p/1", now: 1, time: 0)
        return state
    }

    /// `#expect` and `#require` cannot hold a mutating call.
    private func check(_ holds: Bool, _ comment: Comment? = nil, _ location: SourceLocation = #_sourceLocation) {
        #expect(holds, comment, sourceLocation: location)
    }

    private func unwrapped<Value>(_ value: Value?) throws -> Value {
        try #require(value)
    }

    private func waiter(_ promise: JournalPromise) -> JournalWaiter { JournalWaiter(promise: promise) { _ in } }

    @Test func whatArrivesDuringASyncIsTheNextGroup() throws {
        var state = try opened()
        _ = try state.append([record(.intent(intent("a")))], waiter: waiter(.durable))
        let first = try unwrapped(state.beginWrite(now: 2))
        check(state.beginWrite(now: 2) == nil, "one write at a time")
        check(state.wrote(first, ok, now: 3, time: 0).results.isEmpty)
        let sync = try unwrapped(state.beginSync(now: 3))
        _ = try state.append([record(.intent(intent("b")))], waiter: waiter(.durable))
        _ = try state.append([record(.intent(intent("c")))], waiter: waiter(.durable))
        let second = try unwrapped(state.beginWrite(now: 4))
        check(state.wrote(second, ok, now: 5, time: 0).results.isEmpty)
        check(state.beginSync(now: 5) == nil, "one sync at a time")
        check(state.synced(sync, ok, now: 6, time: 0).results == [.success(3)])
        let next = try unwrapped(state.beginSync(now: 6))
        check(state.synced(next, ok, now: 7, time: 0).results == [.success(4), .success(5)])
        #expect(state.durable == state.chain)
    }

    @Test func anOutcomeNobodyWaitsForIsSyncedALittleLater() throws {
        var state = try opened()
        _ = try state.append([record(.intent(intent("a")))], waiter: waiter(.written))
        let order = try unwrapped(state.beginWrite(now: 10))
        check(state.wrote(order, ok, now: 11, time: 0).results == [.success(3)])
        #expect(state.syncDue == 11 + state.rules.lazySyncDelay)
        check(state.beginSync(now: 12) == nil)
        check(state.beginSync(now: 11 + state.rules.lazySyncDelay) != nil)
    }

    @Test func aSyncOfAFailedSegmentDoesNotCount() throws {
        var state = try opened()
        _ = try state.append([record(.intent(intent("a")))], waiter: waiter(.durable))
        let write = try unwrapped(state.beginWrite(now: 2))
        _ = state.wrote(write, ok, now: 2, time: 0)
        let sync = try unwrapped(state.beginSync(now: 3))
        _ = try state.append([record(.intent(intent("b")))], waiter: waiter(.durable))
        let second = try unwrapped(state.beginWrite(now: 3))
        check(state.wrote(second, broken, now: 4, time: 0).results.isEmpty)
        check(state.synced(sync, ok, now: 5, time: 0).results.isEmpty, "the segment had failed meanwhile")
        #expect(state.durable.sequence == 2)
        let open = try unwrapped(state.beginOpen(now: 6))
        #expect(open.segment == 2)
        check(state.opened(open, path: "/p/2", now: 7, time: 0).results == [.success(4), .success(5)])
        #expect(state.open == ["a", "b"])
    }

    @Test func theNextSegmentIsOpenedWhenAllOfTheOneBeforeIsDurable() throws {
        var rules = JournalRules()
        rules.segmentBytes = 4096
        var state = try opened(rules)
        for number in 0..<20 { _ = try state.append([record(.intent(intent("r\(number)")))], waiter: waiter(.durable)) }
        #expect(state.pending.count == 3)
        #expect(!state.needsOpening)
        let write = try unwrapped(state.beginWrite(now: 2))
        #expect(write.bytes.count <= 4096)
        check(state.beginOpen(now: 2) == nil)
        _ = state.wrote(write, ok, now: 3, time: 0)
        check(state.beginOpen(now: 3) == nil)
        let sync = try unwrapped(state.beginSync(now: 3))
        _ = state.synced(sync, ok, now: 4, time: 0)
        check(state.beginOpen(now: 4)?.segment == 2)
    }

    @Test func aStallRefusesWhoWaitsAndWhoComes() throws {
        var state = try opened()
        _ = try state.append([record(.intent(intent("a")))], waiter: waiter(.durable))
        let write = try unwrapped(state.beginWrite(now: 10))
        check(state.tick(now: 10 + state.rules.stallLimit, path: "/p").results.isEmpty)
        let late = 11 + state.rules.stallLimit
        check(state.tick(now: late, path: "/p").results.count == 1)
        #expect(throws: JournalError.self) { try state.append([record(.intent(intent("b")))]) }
        #expect(state.open == ["a"])
        _ = state.wrote(write, ok, now: late, time: 0)
        #expect(state.health == .available)
        let sync = try unwrapped(state.beginSync(now: late + state.rules.lazySyncDelay))
        _ = state.synced(sync, ok, now: late + state.rules.lazySyncDelay, time: 0)
        #expect(state.open.isEmpty, "nothing was sent, and the journal says so")
    }

    @Test func recordsThatNobodyComesToWriteAreAStall() throws {
        var state = try opened()
        _ = try state.append([record(.intent(intent("a")))], waiter: waiter(.durable))
        let stuck = try unwrapped(state.beginWrite(now: 10))
        state.fail(JournalProblem(kind: .altered, path: "/p/1", reason: "replaced"), time: 0)
        let open = try unwrapped(state.beginOpen(now: 11))
        _ = state.opened(open, path: "/p/2", now: 12, time: 0)
        #expect(state.health == .available)
        _ = try state.append([record(.intent(intent("b")))], waiter: waiter(.durable))
        check(state.tick(now: 20, path: "/p").results.isEmpty)
        check(state.tick(now: 20 + state.rules.stallLimit, path: "/p").results.isEmpty)
        let late = 21 + state.rules.stallLimit
        check(state.tick(now: late, path: "/p").results.count == 1)
        #expect(state.health.problem?.kind == .stalled)
        check(state.wrote(stuck, ok, now: late, time: 0).results.isEmpty, "its segment has failed")
        #expect(state.health.problem?.kind == .stalled)
        let next = try unwrapped(state.beginWrite(now: late))
        _ = state.wrote(next, ok, now: late, time: 0)
        #expect(state.health == .available)
    }

    @Test func refusesBeforeMemoryRunsOut() throws {
        var rules = JournalRules()
        rules.maximumPendingBytes = 1000
        var state = try opened(rules)
        #expect(throws: JournalError.self) {
            for number in 0..<10 { _ = try state.append([record(.intent(intent("r\(number)")))]) }
        }
        #expect(state.open.count < 5)
    }

    @Test func signsOnlyForWhatIsDurable() throws {
        var state = try opened()
        let chain = try unwrapped(state.beginCheckpoint(now: 5))
        #expect(chain.sequence == 2)
        state.signed(chain)
        _ = try state.append([record(.intent(intent("a")))])
        #expect(state.checkpointDue == nil)
    }
}
