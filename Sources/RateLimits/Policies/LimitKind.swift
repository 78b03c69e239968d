// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Whose limit it is. The raw value is the policy name in `RateLimit` fields.
package enum LimitKind: String, Sendable, CaseIterable, Hashable {
    case homeUser = "home-user"
    case caller
    case tenant
    case consumer

    /// From 0, in the order of `allCases`.
    @inline(__always)
    package var index: Int {
        switch self {
        case .homeUser: 0
        case .caller: 1
        case .tenant: 2
        case .consumer: 3
        }
    }

    /// The policy name of its calls in flight.
    package var concurrencyName: String {
        switch self {
        case .homeUser: "home-user-concurrency"
        case .caller: "caller-concurrency"
        case .tenant: "tenant-concurrency"
        case .consumer: "consumer-concurrency"
        }
    }
}

/// Several kinds.
package struct LimitKinds: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    @inline(__always)
    package init(_ kind: LimitKind) {
        rawValue = 1 &<< UInt8(truncatingIfNeeded: kind.index)
    }

    @inline(__always)
    package func contains(_ kind: LimitKind) -> Bool {
        rawValue & LimitKinds(kind).rawValue != 0
    }
}
