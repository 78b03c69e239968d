// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

/// One counted thing with the policy that holds for it, to be kept beside what it belongs to: with it, a decision looks
/// nothing up by name. For one limiter only.
package final class LimitSubject: Sendable {
    package let key: LimitKey
    package let policy: LimitPolicy

    /// Of what `policy` was read from. The state of a key follows the policy of the highest version it met.
    package let version: UInt64

    /// Of a consumer: the consumer key that its calls are signed with.
    package let credential: String?

    /// Where the limiter counts it, with the generation of that place; 0 for nowhere yet.
    private let place = Atomic<UInt64>(0)

    package init(_ key: LimitKey, _ policy: LimitPolicy, version: UInt64 = 0, credential: String? = nil) {
        self.key = key
        self.credential = credential
        self.policy = policy
        self.version = version
    }

    var slot: SlotPlace {
        get { SlotPlace(rawValue: place.load(ordering: .relaxed)) }
        set { place.store(newValue.rawValue, ordering: .relaxed) }
    }
}

/// Everything one call counts on.
package struct LimitSubjects: Sendable {
    package var homeUser: LimitSubject?
    package var caller: LimitSubject?
    package var tenant: LimitSubject?
    package var consumer: LimitSubject?

    package init(
        homeUser: LimitSubject? = nil, caller: LimitSubject? = nil, tenant: LimitSubject? = nil,
        consumer: LimitSubject? = nil
    ) {
        self.homeUser = homeUser
        self.caller = caller
        self.tenant = tenant
        self.consumer = consumer
    }

    package subscript(_ kind: LimitKind) -> LimitSubject? {
        switch kind {
        case .homeUser: homeUser
        case .caller: caller
        case .tenant: tenant
        case .consumer: consumer
        }
    }
}
