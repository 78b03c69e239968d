// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One limit that a call does not fit into.
package struct LimitViolation: Sendable, Hashable {
    package enum Reason: Hashable, Sendable {
        /// The index of the window within its policy.
        case rate(window: Int)
        case concurrency
        /// The consumer's limit is short, and others have had less than their share of it.
        case fairShare
        /// The same of the consumer's calls in flight.
        case fairConcurrency
    }

    package let kind: LimitKind
    package let reason: Reason

    package init(_ kind: LimitKind, _ reason: Reason) {
        self.kind = kind
        self.reason = reason
    }
}

/// All limits that a call does not fit into: a byte of bits for each kind.
package struct LimitViolations: Sendable, Hashable {
    private var bits: UInt32 = 0

    package init() {}

    package init(_ violations: some Sequence<LimitViolation>) {
        for violation in violations { insert(violation) }
    }

    @inline(__always)
    package var isEmpty: Bool { bits == 0 }

    package mutating func insert(_ violation: LimitViolation) {
        bits |= 1 << Self.position(violation)
    }

    package func contains(_ violation: LimitViolation) -> Bool {
        bits & 1 << Self.position(violation) != 0
    }

    @inline(__always)
    package func contains(_ kind: LimitKind) -> Bool {
        bits & 0xFF &<< UInt32(truncatingIfNeeded: kind.index * 8) != 0
    }

    /// Whether time alone does not help: a call in flight has to end first.
    package var needRelease: Bool {
        bits & Self.ofCallsInFlight != 0
    }

    /// Whether that call has to be one of the home user.
    var needReleaseOfHomeUserAlone: Bool {
        bits & Self.ofCallsInFlight == 1 << Self.position(LimitViolation(.homeUser, .concurrency))
    }

    /// `concurrency` and `fairConcurrency` of each kind.
    private static let ofCallsInFlight: UInt32 = 0x5050_5050

    /// Whether everybody who calls for the same consumer is held up: its rates are the only ones without room. A place in
    /// flight may be withheld from one home user alone, and a fair share always is.
    var isAboutConsumerAlone: Bool {
        bits != 0 && bits & ~(0b1111 << UInt32(LimitKind.consumer.index * 8)) == 0
    }

    /// In the order of the kinds, rates first.
    package var all: [LimitViolation] {
        LimitKind.allCases.flatMap { kind in
            Self.reasons.map { LimitViolation(kind, $0) }.filter { contains($0) }
        }
    }

    private static let reasons: [LimitViolation.Reason] =
        (0..<LimitPolicy.maximumWindows).map { .rate(window: $0) } + [.concurrency, .fairShare, .fairConcurrency]

    private static func position(_ violation: LimitViolation) -> UInt32 {
        let bit =
            switch violation.reason {
            case .rate(let window): window
            case .concurrency: 4
            case .fairShare: 5
            case .fairConcurrency: 6
            }
        return UInt32(violation.kind.index * 8 + bit)
    }
}
