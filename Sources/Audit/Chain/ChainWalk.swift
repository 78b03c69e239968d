// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Follows a journal record by record and says what does not fit.
struct ChainWalk {
    private(set) var chain: ChainState
    private(set) var open: Set<String>

    /// A segment holds one header, as its first record.
    private var isSegmentBegun = false

    init(chain: ChainState = ChainState(), open: Set<String> = []) {
        self.chain = chain
        self.open = open
    }

    mutating func beginSegment() {
        isSegmentBegun = false
    }

    /// - Parameter line: without its line feed.
    mutating func take(_ line: UnsafeRawBufferPointer) throws(WalkProblem) -> RecordLine {
        let record: RecordLine
        do throws(LineProblem) {
            record = try RecordLine(line)
        } catch {
            throw WalkProblem(error.reason)
        }
        guard record.sequence == chain.sequence + 1 else {
            throw WalkProblem("expected record \(chain.sequence + 1), found record \(record.sequence)")
        }
        guard record.previous == chain.hash else { throw WalkProblem("it does not follow the record before it") }
        guard record.durable < record.sequence else { throw WalkProblem("it calls a later record durable") }
        guard isSegmentBegun == (record.kind != .segment) else {
            throw WalkProblem(isSegmentBegun ? "a second segment header" : "expected a segment header")
        }
        try pair(record, line)
        isSegmentBegun = true
        chain.advance(record.hash)
        return record
    }

    private mutating func pair(_ record: RecordLine, _ line: UnsafeRawBufferPointer) throws(WalkProblem) {
        switch record.kind {
        case .intent:
            guard open.insert(record.requestID ?? "").inserted else {
                throw WalkProblem("a second intent for an open request id")
            }
            guard open.count <= Self.maximumOpen else { throw WalkProblem("more open intents than a journal allows") }
        case .outcome:
            guard open.remove(record.requestID ?? "") != nil else { throw WalkProblem("an outcome without an intent") }
        case .start:
            guard open.isEmpty else { throw WalkProblem("a start with intents that have no outcome") }
        case .segment:
            guard let header = SegmentHeader(line: line) else {
                throw WalkProblem("a segment header that cannot be read")
            }
            guard header.tree == chain.tree, header.open == open.sorted() else {
                throw WalkProblem("a segment header that does not fit the records before it")
            }
        case .denied, .admin, .stop, .recovered: break
        }
    }

    private static let maximumOpen = 16_384
}

struct WalkProblem: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
