// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

/// Whose limits an override changes.
package enum LimitedObject: Hashable, Sendable {
    case homeUser(HomeUserName, in: TenantName)
    case caller(CallerName, in: TenantName)
    case tenant(TenantName)
    case consumer(ConsumerName, in: TenantName)

    /// Nil unless the name follows the grammar, and for a tenant is the tenant's own.
    package init?(_ kind: LimitKind, named name: String, in tenant: TenantName) {
        switch kind {
        case .homeUser:
            guard let name = HomeUserName(name) else { return nil }
            self = .homeUser(name, in: tenant)
        case .caller:
            guard let name = CallerName(name) else { return nil }
            self = .caller(name, in: tenant)
        case .tenant:
            guard name == tenant.rawValue else { return nil }
            self = .tenant(tenant)
        case .consumer:
            guard let name = ConsumerName(name) else { return nil }
            self = .consumer(name, in: tenant)
        }
    }

    package var kind: LimitKind {
        switch self {
        case .homeUser: .homeUser
        case .caller: .caller
        case .tenant: .tenant
        case .consumer: .consumer
        }
    }

    package var tenant: TenantName {
        switch self {
        case .homeUser(_, let tenant), .caller(_, let tenant), .tenant(let tenant), .consumer(_, let tenant): tenant
        }
    }

    package var name: String {
        switch self {
        case .homeUser(let name, _): name.rawValue
        case .caller(let name, _): name.rawValue
        case .tenant(let name): name.rawValue
        case .consumer(let name, _): name.rawValue
        }
    }
}

/// Limits of one home user, caller, tenant or consumer that differ from the defaults. It goes when its object is removed.
package struct LimitOverride: Sendable, Equatable {
    package let object: LimitedObject
    package let adjustment: LimitAdjustment
    /// One line for the operator: why.
    package let note: String?
    /// Seconds since 1970: when the object got an override, and when that was changed last.
    package let since: Int64
    package let changed: Int64

    package init(object: LimitedObject, adjustment: LimitAdjustment, note: String?, since: Int64, changed: Int64) {
        self.object = object
        self.adjustment = adjustment
        self.note = note
        self.since = since
        self.changed = changed
    }
}
