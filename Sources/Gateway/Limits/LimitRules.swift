// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits

/// Which limits hold for whom.
package struct LimitRules: Sendable {
    package var homeUser: LimitPolicy
    package var caller: LimitPolicy
    package var tenant: LimitPolicy
    package var consumer: LimitPolicy

    package init(
        homeUser: LimitPolicy = .unlimited, caller: LimitPolicy = .unlimited, tenant: LimitPolicy = .unlimited,
        consumer: LimitPolicy = .unlimited
    ) {
        self.homeUser = homeUser
        self.caller = caller
        self.tenant = tenant
        self.consumer = consumer
    }

    /// What one call counts on.
    ///
    /// - Parameter generation: of the snapshot that `user` and `principal` are from.
    func subjects(_ user: HomeUserAccess?, _ principal: Principal, _ generation: UInt64) -> LimitSubjects {
        LimitSubjects(
            homeUser: user.map { homeUser($0.user.name, in: $0.user.tenant, generation: generation) },
            caller: principal.caller.map { caller($0, generation: generation) },
            tenant: tenant(principal.tenant, generation: generation),
            consumer: user.map { consumer($0.user.consumer, in: principal.tenant, generation: generation) })
    }

    func homeUser(_ name: HomeUserName, in tenant: TenantName, generation: UInt64) -> LimitSubject {
        LimitSubject(
            LimitKey(.homeUser, tenant: tenant.rawValue, name: name.rawValue), homeUser, version: generation)
    }

    func consumer(_ name: ConsumerName, in tenant: TenantName, generation: UInt64) -> LimitSubject {
        LimitSubject(
            LimitKey(.consumer, tenant: tenant.rawValue, name: name.rawValue), consumer, version: generation)
    }

    func caller(_ access: CallerAccess, generation: UInt64) -> LimitSubject {
        LimitSubject(
            LimitKey(.caller, tenant: access.tenant.rawValue, name: access.name.rawValue), caller, version: generation)
    }

    func tenant(_ name: TenantName, generation: UInt64) -> LimitSubject {
        LimitSubject(LimitKey(.tenant, tenant: name.rawValue, name: name.rawValue), tenant, version: generation)
    }
}
