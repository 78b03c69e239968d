// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import GRDB
import StrictJSON

/// A call with its outcome, some denied calls, or an administrative change.
package struct IndexedRecord: Sendable, Equatable {
    /// Of the intent, denial or change; and of the outcome, if there is one yet.
    package let sequence: UInt64
    package let outcomeSequence: UInt64?
    package let kind: EntryKind

    /// Microseconds since 1970.
    package let time: Int64
    package let decision: JournalQuery.Decision?
    package let facts: CallFacts

    /// RFC 3339, UTC.
    package var timeText: String { JournalClock.text(time) }

    /// Name and value in a fixed order, those that are there.
    package var members: [(name: String, value: CallRecord.Value)] {
        all.compactMap { name, value in value.map { (name, $0) } }
    }

    /// The first line of a CSV text (RFC 4180), and one of these records in it; without line ends.
    package static let csvHeader = [
        "seq", "outcome_seq", "time", "kind", "decision", "request_id", "trace_id", "tenant", "caller", "user", "route",
        "method", "result", "status", "upstream_status", "problem", "attempts", "request_bytes", "response_bytes",
        "total_us", "count", "actor", "action", "object", "name",
    ].joined(separator: ",")

    package var csv: String {
        all.map { _, value in
            switch value {
            case .text(let text): Self.csvField(text)
            case .number(let number): String(number)
            case nil: ""
            }
        }
        .joined(separator: ",")
    }

    /// A spreadsheet takes what begins with one of these characters for a formula.
    private static let formulaSigns: Set<Character> = ["=", "+", "-", "@", "\t", "\r"]

    private static func csvField(_ text: String) -> String {
        let safe = text.first.map(formulaSigns.contains) == true ? "'" + text : text
        guard safe.contains(where: { ",\"\r\n".contains($0) }) || safe != text else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    private var all: [(name: String, value: CallRecord.Value?)] {
        [
            ("seq", .number(Int64(clamping: sequence))),
            ("outcome_seq", outcomeSequence.map { .number(Int64(clamping: $0)) }),
            ("time", .text(timeText)), ("kind", .text(kind.word)), ("decision", decision.map { .text($0.rawValue) }),
            ("request_id", facts.requestID.map(CallRecord.Value.text)),
            ("trace_id", facts.traceID.map(CallRecord.Value.text)),
            ("tenant", facts.tenant.map(CallRecord.Value.text)), ("caller", facts.caller.map(CallRecord.Value.text)),
            ("user", facts.user.map(CallRecord.Value.text)), ("route", facts.route.map(CallRecord.Value.text)),
            ("method", facts.method.map(CallRecord.Value.text)), ("result", facts.result.map(CallRecord.Value.text)),
            ("status", facts.status.map(CallRecord.Value.number)),
            ("upstream_status", facts.upstreamStatus.map(CallRecord.Value.number)),
            ("problem", facts.problem.map(CallRecord.Value.text)),
            ("attempts", facts.attempts.map(CallRecord.Value.number)),
            ("request_bytes", facts.requestBytes.map(CallRecord.Value.number)),
            ("response_bytes", facts.responseBytes.map(CallRecord.Value.number)),
            ("total_us", facts.totalMicroseconds.map(CallRecord.Value.number)),
            ("count", kind == .denied ? facts.count.map(CallRecord.Value.number) : nil),
            ("actor", facts.actor.map(CallRecord.Value.text)), ("action", facts.action.map(CallRecord.Value.text)),
            ("object", facts.object.map(CallRecord.Value.text)), ("name", facts.name.map(CallRecord.Value.text)),
        ]
    }

    /// One JSON object without a line feed.
    package var json: String {
        "{"
            + members.map { name, value in
                switch value {
                case .text(let text): "\(JSONText.quoted(name)):\(JSONText.quoted(text))"
                case .number(let number): "\(JSONText.quoted(name)):\(number)"
                }
            }
            .joined(separator: ",") + "}"
    }

    init(_ row: Row, names: [Int64: String]) {
        sequence = UInt64(clamping: row["seq"] as Int64)
        outcomeSequence = (row["outcome"] as Int64?).map(UInt64.init(clamping:))
        kind = EntryKind(rawValue: row["kind"]) ?? .call
        time = row["time"]
        decision = (row["refused"] as Bool?).map { $0 ? .refused : .forwarded }
        var facts = CallFacts()
        func name(_ column: String) -> String? { (row[column] as Int64?).flatMap { names[$0] } }
        facts.requestID = row["request_id"]
        facts.traceID = row["trace_id"]
        facts.tenant = name("tenant")
        facts.caller = name("caller")
        facts.user = name("user")
        facts.route = name("route")
        facts.method = name("method")
        facts.result = name("result")
        facts.status = row["status"]
        facts.upstreamStatus = row["upstream_status"]
        facts.problem = name("problem")
        facts.attempts = row["attempts"]
        facts.requestBytes = row["request_bytes"]
        facts.responseBytes = row["response_bytes"]
        facts.totalMicroseconds = row["total_us"]
        facts.count = row["count"]
        facts.actor = name("actor")
        facts.action = name("action")
        facts.object = name("object")
        facts.name = name("name")
        self.facts = facts
    }

    /// Columns that hold numbers of the table `name`.
    static let nameColumns = [
        "tenant", "caller", "user", "route", "method", "result", "problem", "actor", "action", "object", "name",
    ]
}

/// What one service did with one home's data on one route.
package struct AccessReceipt: Sendable, Equatable {
    package let caller: String
    package let route: String
    package let method: String

    /// Calls sent upstream, and calls refused.
    package let forwarded: Int
    package let refused: Int

    /// Microseconds since 1970.
    package let first: Int64
    package let last: Int64

    /// One JSON object without a line feed.
    package var json: String {
        #"{"caller":\#(JSONText.quoted(caller)),"route":\#(JSONText.quoted(route)),"#
            + #""method":\#(JSONText.quoted(method)),"forwarded":\#(forwarded),"refused":\#(refused),"#
            + #""first":"\#(JournalClock.text(first))","last":"\#(JournalClock.text(last))"}"#
    }
}
