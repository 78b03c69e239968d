// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The last requests and what became of them, oldest first.
struct RequestLog: Sendable {
    let capacity: Int
    private var ring: [VerdictRecord] = []
    private var next = 0
    /// Since the start, forgotten ones included.
    private(set) var total = 0

    init(capacity: Int) {
        precondition(capacity > 0, "a log must hold something")
        self.capacity = capacity
    }

    var records: [VerdictRecord] { Array(ring[next...] + ring[..<next]) }

    mutating func append(_ record: VerdictRecord) {
        total += 1
        guard ring.count == capacity else { return ring.append(record) }
        ring[next] = record
        next = (next + 1) % capacity
    }
}

extension VerdictRecord {
    var json: JSONOutput {
        .object([
            ("method", .string(method)), ("target", .string(target)), ("user", .optional(verdict.username)),
            ("verdict", .string(verdict.name)), ("status", status == 0 ? .null : .integer(status)),
            ("nonce", .optional(nonce)), ("timestamp", .optional(timestamp)), ("fault", .optional(fault)),
        ])
    }
}

extension Verdict {
    /// One word, for programs.
    fileprivate var name: String {
        switch self {
        case .valid: "valid"
        case .validConsumer: "valid_consumer"
        case .refused(let problem): problem.name
        case .notRequired: "not_required"
        case .unchecked: "unchecked"
        }
    }
}
