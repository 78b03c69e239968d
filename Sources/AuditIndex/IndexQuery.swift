// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import GRDB

extension JournalQuery {
    /// The condition of a statement over `entry`. A text that the index does not know is NULL, which equals nothing.
    func condition() -> (sql: String, arguments: StatementArguments) {
        var parts: [String] = []
        var arguments: [(any DatabaseValueConvertible)?] = []
        func need(_ sql: String, _ values: any DatabaseValueConvertible...) {
            parts.append(sql)
            arguments.append(contentsOf: values)
        }
        let named = "= (SELECT id FROM name WHERE text = ?)"
        if let from { need("time >= ?", from) }
        if let until { need("time < ?", until) }
        if let requestID { need("request_id = ?", requestID) }
        if let tenant { need("tenant \(named)", tenant) }
        if let user { need("user \(named)", user.text) }
        if let caller { need("caller \(named)", caller) }
        if let route { need("route \(named)", route) }
        if let status { need("status BETWEEN ? AND ?", status.lowerBound, status.upperBound) }
        if let decision { need("refused = ?", decision == .refused) }
        return (parts.isEmpty ? "1" : parts.joined(separator: " AND "), StatementArguments(arguments))
    }
}

/// In which order records are wanted; by time, those of one time by number.
package enum RecordOrder: Sendable {
    case newestFirst, oldestFirst
}
