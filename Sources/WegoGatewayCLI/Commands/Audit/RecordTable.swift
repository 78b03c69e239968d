// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import AuditIndex

/// Rows of the index under headings; nil when there are none.
enum RecordTable {
    static func text(_ records: [IndexedRecord]) -> String? {
        guard !records.isEmpty else { return nil }
        return TextTable(
            ["time", "kind", "tenant", "who", "user", "what", "result", "request id"],
            rows: records.map { record in
                let facts = record.facts
                return [
                    record.timeText, "\(record.kind)", facts.tenant ?? "-", facts.caller ?? facts.actor ?? "-",
                    facts.user ?? "-", what(record), result(record), facts.requestID ?? "-",
                ]
            }
        ).text
    }

    private static func what(_ record: IndexedRecord) -> String {
        let facts = record.facts
        let words =
            record.kind == .admin
            ? [facts.action, facts.object, facts.user == nil ? facts.name : nil] : [facts.method, facts.route]
        return words.compactMap(\.self).joined(separator: " ")
    }

    private static func result(_ record: IndexedRecord) -> String {
        let facts = record.facts
        let words = [
            record.kind == .admin ? facts.result : facts.status.map { "\($0)" } ?? facts.result, facts.problem,
            record.kind == .denied ? facts.count.flatMap { $0 > 1 ? "x\($0)" : nil } : nil,
        ]
        let text = words.compactMap(\.self).joined(separator: " ")
        return text.isEmpty ? (record.kind == .call ? "open" : "-") : text
    }

    static func text(_ receipts: [AccessReceipt]) -> String? {
        guard !receipts.isEmpty else { return nil }
        return TextTable(
            ["caller", "method", "route", "forwarded", "refused", "first", "last"],
            rows: receipts.map { receipt in
                [
                    receipt.caller, receipt.method, receipt.route, "\(receipt.forwarded)", "\(receipt.refused)",
                    JournalClock.text(receipt.first), JournalClock.text(receipt.last),
                ]
            }
        ).text
    }
}
