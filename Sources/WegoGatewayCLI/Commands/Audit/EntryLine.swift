// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import StrictJSON

/// A record on one line, for people.
struct EntryLine {
    let text: String

    init(_ entry: JournalEntry) {
        let facts =
            switch entry.kind {
            case .intent, .outcome, .denied, .admin: Self.facts(entry.facts)
            case .start, .stop, .recovered, .segment: Self.members(entry.line)
            }
        let kind = entry.kind.rawValue
        let padding = String(repeating: " ", count: max(0, 9 - kind.count))
        let words = facts.compactMap { name, value in value.map { "\(name)=\(Self.plain($0))" } }
        text = ([JournalClock.text(entry.time), kind + padding] + words).joined(separator: " ")
    }

    private static func facts(_ facts: CallFacts) -> [(String, String?)] {
        [
            ("tenant", facts.tenant), ("caller", facts.caller), ("actor", facts.actor), ("user", facts.user),
            ("action", facts.action), ("object", facts.object), ("name", facts.user == nil ? facts.name : nil),
            ("method", facts.method), ("route", facts.route), ("result", facts.result),
            ("status", facts.status.map { "\($0)" }), ("problem", facts.problem),
            ("attempts", facts.attempts.map { "\($0)" }), ("count", facts.count.map { "\($0)" }),
            ("total_us", facts.totalMicroseconds.map { "\($0)" }), ("request_id", facts.requestID),
            ("trace_id", facts.traceID),
        ]
    }

    /// Of a record about the journal itself: its plain members but those that every record has.
    private static func members(_ line: [UInt8]) -> [(String, String?)] {
        let common: Set = ["v", "seq", "time", "kind", "durable", "prev", "hash"]
        let members = (try? JSONDocument.parse(line))?.root.members ?? []
        return members.filter { !common.contains($0.key) }.map { key, value in
            switch value.kind {
            case .string(let text), .number(let text): (key, text)
            case .bool, .null, .array, .object: (key, nil)
            }
        }
    }

    /// Whatever a record holds, it stays within its line and its field.
    private static func plain(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }
        return isPlain && !text.isEmpty ? text : JSONText.quoted(text)
    }
}
