// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// What the running gateway does when its disk fails, fills up or hesitates.
struct DiskFaultTests {
    /// The n-th sync, or write, fails once: nobody notices, and the record of it is in order.
    @Test(arguments: [
        ("fdatasync:error=EIO", [1, 2, 3, 5, 9, 17]), ("write:error=ENOSPC", [1, 2, 4, 8, 16]),
        ("write:error=EIO", [1, 3, 9]),
    ])
    func aFailedCallTakesASegmentAndNoRecord(_ fault: String, _ moments: [Int]) async throws {
        let deployment = try await Deployment()
        let load = KillLoad(deployment: deployment)
        for (number, moment) in moments.enumerated() {
            let path = try "\(deployment.auditDirectory)/\(deployment.newestSegmentName())"
            let failing = try await SystemCallFault(
                "\(fault):when=\(moment)", in: deployment.gateway, on: [path])
            try await until(failed: number + 1, deployment) {
                await load.run(connections: 4, calls: 5, port: deployment.port, seed: UInt64(moment))
            }
            try await failing.end()
            // A failed segment is left alone, and the next one names it.
            let header = try #require(try deployment.journal().last { $0.kind == "segment" })
            #expect(header.failed?.segment == header.previous)
        }
        try await expectSound(deployment, load)
    }

    @Test func aDiskThatOnlyFailsLetsNothingOut() async throws {
        let deployment = try await Deployment()
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        let failing = try await SystemCallFault("fdatasync:error=EIO", in: deployment.gateway)
        let mark = uniqueMark()
        for _ in 0..<3 {
            let started = ContinuousClock.now
            let refused = try await deployment.send(.get("/users/alice/api/v1/wego_home/building?m=\(mark)"))
            try expectProblem(refused, .auditUnavailable)
            #expect(ContinuousClock.now - started < .seconds(10))
        }
        let notReady = try await deployment.ready(503)
        #expect(notReady.bodyText.contains("fdatasync") && notReady.bodyText.contains(deployment.auditDirectory))
        #expect(try await failing.end() > 0)
        _ = try await deployment.ready(200)
        let (response, _) = try await deployment.forward(.get("/users/alice/oauth/user"))
        #expect(try deployment.journal(of: response).map(\.kind) == ["intent", "outcome"])
        #expect(try deployment.upstream.records(marked: mark).isEmpty)
        #expect(try deployment.journal().contains { $0.kind == "recovered" })
        #expect(try await deployment.audit("verify").status == 0)
    }

    /// While the sync of its intent lasts, the upstream hears nothing of a call.
    @Test func aSlowSyncHoldsTheCallBack() async throws {
        let deployment = try await Deployment()
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        let slow = try await SystemCallFault("fdatasync:delay_enter=1500000", in: deployment.gateway)
        let marks = [uniqueMark(), uniqueMark()]
        let connections = try marks.map { _ in try deployment.connect() }
        let started = ContinuousClock.now
        for (mark, connection) in zip(marks, connections) {
            let call = Call.json("POST", "/users/alice/api/v1/wego_home/notes?m=\(mark)", "{}")
            try await connection.send(deployment.bytes(of: call))
        }
        // Whatever else the machine does can only make this last longer.
        while ContinuousClock.now - started < .milliseconds(1400) {
            for mark in marks { #expect(try deployment.upstream.records(marked: mark).isEmpty) }
            try await Task.sleep(for: .milliseconds(20))
        }
        for connection in connections { #expect(try await connection.response().status == 200) }
        #expect(ContinuousClock.now - started >= .milliseconds(1500))
        for mark in marks { try await deployment.upstream.received(mark) }
        try await slow.end()
        #expect(try await deployment.audit("verify").status == 0)
    }

    /// Longer than the gateway waits: refused, never sent, and so recorded.
    @Test func aDiskThatDoesNotAnswerIsNotWaitedForForEver() async throws {
        let deployment = try await Deployment()
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        let (mark, trace) = (uniqueMark(), uniqueTrace())
        let hanging = try await SystemCallFault("fdatasync:delay_enter=5000000:when=1", in: deployment.gateway)
        let refused = try await deployment.send(
            .get("/users/alice/api/v1/wego_home/building?mark=\(mark)", [trace.header]))
        try expectProblem(refused, .auditUnavailable)
        _ = try await deployment.ready(200)
        try await hanging.end()
        #expect(try deployment.upstream.records(marked: mark).isEmpty)
        let lines = try deployment.journal(withTrace: trace.id)
        #expect(lines.map(\.kind) == ["intent", "outcome"] && lines.last?.result == "not_sent")
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        #expect(try await deployment.audit("verify").status == 0)
    }

    private func until(failed count: Int, _ deployment: Deployment, _ body: () async -> Void) async throws {
        for _ in 0..<50 {
            await body()
            let metrics = try await deployment.ops("/metrics").bodyText
            if metrics.contains("\nwego_gateway_audit_failed_segments_total \(count)\n") { return }
        }
        Issue.record("no segment failed")
    }

    private func expectSound(_ deployment: Deployment, _ load: KillLoad) async throws {
        deployment.gateway.send(signal: SIGTERM)
        #expect(try await deployment.gateway.exitStatus() == 0)
        let verified = try await deployment.audit("verify", "--json")
        #expect(verified.status == 0, "\(verified.output)")
        let oracle = KillOracle(
            seen: try deployment.upstream.records(), answers: load.answers.current,
            journal: try await deployment.exported())
        #expect(oracle.complaints.isEmpty, "\(oracle.complaints.prefix(5))")
        #expect(oracle.answers.allSatisfy { $0.status == 200 || $0.status == 404 } && oracle.unknown == 0)
    }
}
