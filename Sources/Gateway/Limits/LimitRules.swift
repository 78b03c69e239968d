// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits

/// Which limits hold for whom: the configured ones, with what custody says of single objects.
package struct LimitRules: Sendable {
    private let defaults: LimitDefaults

    package init(_ defaults: LimitDefaults = LimitDefaults()) {
        self.defaults = defaults
    }

    /// What one call counts on. `user` and `principal` are of this snapshot.
    func subjects(_ user: HomeUserAccess?, _ principal: Principal, in snapshot: Snapshot) -> LimitSubjects {
        LimitSubjects(
            homeUser: user.map { homeUser($0.user.name, in: principal.tenant, limits: $0.limits, snapshot) },
            caller: principal.caller.map { caller($0, snapshot) },
            tenant: tenant(principal.tenant, snapshot),
            consumer: user.map { consumer($0.user.consumer, in: principal.tenant, snapshot) })
    }

    /// - Parameter limits: nil also for a home user that custody does not know yet.
    func homeUser(
        _ name: HomeUserName, in tenant: TenantName, limits: LimitOverride?, _ snapshot: Snapshot
    ) -> LimitSubject {
        subject(LimitKey(.homeUser, tenant: tenant.rawValue, name: name.rawValue), limits, snapshot)
    }

    func consumer(_ name: ConsumerName, in tenant: TenantName, _ snapshot: Snapshot) -> LimitSubject {
        subject(
            LimitKey(.consumer, tenant: tenant.rawValue, name: name.rawValue),
            snapshot.consumer(name, in: tenant)?.limits, snapshot)
    }

    func caller(_ access: CallerAccess, _ snapshot: Snapshot) -> LimitSubject {
        subject(
            LimitKey(.caller, tenant: access.tenant.rawValue, name: access.name.rawValue), access.limits, snapshot)
    }

    func tenant(_ name: TenantName, _ snapshot: Snapshot) -> LimitSubject {
        subject(
            LimitKey(.tenant, tenant: name.rawValue, name: name.rawValue), snapshot.tenantLimits(of: name), snapshot)
    }

    /// What a call of the past counted on, as far as its record tells; by what holds now.
    package func subjects(
        homeUser: HomeUserName?, caller: String?, tenant: String, in snapshot: Snapshot
    ) -> LimitSubjects {
        func subject(_ kind: LimitKind, _ name: String) -> LimitSubject {
            LimitSubject(LimitKey(kind, tenant: tenant, name: name), .unlimited)
        }
        let access = TenantName(tenant).flatMap { tenant in homeUser.flatMap { snapshot.homeUser($0, in: tenant) } }
        return renewed(
            LimitSubjects(
                homeUser: homeUser.map { subject(.homeUser, $0.rawValue) },
                // Operators' calls have a caller that is none.
                caller: caller.flatMap { CallerName($0) }.map { subject(.caller, $0.rawValue) },
                tenant: subject(.tenant, tenant),
                consumer: access.map { subject(.consumer, $0.user.consumer.rawValue) }), in: snapshot)
    }

    /// Whether there is anything that a restart must not forget.
    package func haveLongWindows(in snapshot: Snapshot) -> Bool {
        LimitKind.allCases.contains { LimitPolicy(defaults[$0]).hasLongWindows }
            || snapshot.limitOverrides().contains {
                defaults.policy($0.object.kind, adjusted: $0.adjustment).hasLongWindows
            }
    }

    /// The same keys with what holds for them now.
    func renewed(_ subjects: LimitSubjects, in snapshot: Snapshot) -> LimitSubjects {
        LimitSubjects(
            homeUser: subjects.homeUser.map { renewed($0, snapshot) },
            caller: subjects.caller.map { renewed($0, snapshot) },
            tenant: subjects.tenant.map { renewed($0, snapshot) },
            consumer: subjects.consumer.map { renewed($0, snapshot) })
    }

    private func renewed(_ old: LimitSubject, _ snapshot: Snapshot) -> LimitSubject {
        let object = TenantName(old.key.tenant).flatMap { LimitedObject(old.key.kind, named: old.key.name, in: $0) }
        return subject(old.key, object.flatMap { snapshot.limitOverride(of: $0) }, snapshot)
    }

    private func subject(_ key: LimitKey, _ limits: LimitOverride?, _ snapshot: Snapshot) -> LimitSubject {
        LimitSubject(
            key, defaults.policy(key.kind, adjusted: limits?.adjustment), version: snapshot.generation,
            credential: key.kind == .consumer ? Self.credential(of: key, snapshot) : nil)
    }

    private static func credential(of key: LimitKey, _ snapshot: Snapshot) -> String? {
        guard let tenant = TenantName(key.tenant), let name = ConsumerName(key.name) else { return nil }
        return snapshot.consumer(name, in: tenant)?.consumer.key
    }
}
