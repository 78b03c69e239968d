// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Whose limit it is. The raw value is the policy name in `RateLimit` fields.
package enum LimitKind: String, Sendable, CaseIterable, Hashable {
    case homeUser = "home-user"
    case caller
    case tenant
    case consumer
}

/// One counted thing.
package struct LimitKey: Hashable, Sendable {
    package let kind: LimitKind
    package let tenant: String
    package let name: String

    package init(_ kind: LimitKind, tenant: String, name: String) {
        self.kind = kind
        self.tenant = tenant
        self.name = name
    }
}

/// The limits of one kind. Nil: that limit is not set.
package struct LimitPolicy: Sendable, Equatable {
    package var rate: RatePolicy?

    /// Calls in flight at one time.
    package var concurrency: Int?

    package init(rate: RatePolicy? = nil, concurrency: Int? = nil) {
        self.rate = rate
        self.concurrency = concurrency
    }
}
