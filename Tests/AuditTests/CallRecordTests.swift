// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Testing

struct CallRecordTests {
    @Test func listsOnlyWhatIsSetInAFixedOrder() {
        var record = CallRecord(requestID: "r1", method: "GET", decision: .forwarded, status: 200)
        record.tenant = "acme"
        record.upstreamStatus = 200
        #expect(
            record.members.map(\.name) == [
                "request_id", "tenant", "method", "decision", "status", "upstream_status", "attempts", "request_bytes",
                "response_bytes", "total_us",
            ])
        #expect(record.members[1].value == .text("acme"))
    }

    @Test func theOutcomeTellsWhetherAnythingLeft() {
        var record = CallRecord(requestID: "r1", method: "GET", decision: .forwarded, status: 502)
        record.attempts = 2
        #expect(record.outcome().result == .notSent)
        record.mayHaveLeft = true
        #expect(record.outcome().result == .failed)
        record.upstreamStatus = 500
        #expect(record.outcome().result == .answered)
    }

    @Test(arguments: [("GET", "GET"), ("PATCH", "PATCH"), ("ALICE", "(other)"), ("get", "(other)")])
    func refusalsNameOnlyMethodsThatAreKnown(_ method: String, _ recorded: String) {
        let record = CallRecord(requestID: "r1", method: method, decision: .refused, status: 405)
        #expect(record.denialKey(user: nil).method == recorded)
    }
}
