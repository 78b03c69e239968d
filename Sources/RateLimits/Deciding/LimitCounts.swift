// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Decisions so far, by kind.
package struct LimitCounts: Sendable, Equatable {
    package struct OfKind: Sendable, Equatable {
        package var admitted: UInt64 = 0
        package var refused: UInt64 = 0

        /// Let through by a policy in shadow mode that had no room.
        package var shadowed: UInt64 = 0
    }

    package var homeUser = OfKind()
    package var caller = OfKind()
    package var tenant = OfKind()
    package var consumer = OfKind()

    package subscript(_ kind: LimitKind) -> OfKind {
        get {
            switch kind {
            case .homeUser: homeUser
            case .caller: caller
            case .tenant: tenant
            case .consumer: consumer
            }
        }
        _modify {
            switch kind {
            case .homeUser: yield &homeUser
            case .caller: yield &caller
            case .tenant: yield &tenant
            case .consumer: yield &consumer
            }
        }
    }
}

extension LimitCounts {
    /// As by the subscript, for a kind that the compiler knows.
    @inline(__always)
    mutating func change(_ kind: LimitKind, _ change: (inout OfKind) -> Void) {
        switch kind {
        case .homeUser: change(&homeUser)
        case .caller: change(&caller)
        case .tenant: change(&tenant)
        case .consumer: change(&consumer)
        }
    }
}
