// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What the hot path reads: the committed state of the store with its credentials unsealed, in memory.
///
/// A value. The dictionaries are shared between copies; a change copies only the dictionary it touches, and only while a
/// reader still holds the old one.
package struct Snapshot: Sendable {
    /// Grows with every committed change of what is in it; begins anew when the store is opened.
    package private(set) var generation: UInt64 = 0

    private var tenantEntries: [TenantName: TenantEntry] = [:]
    // Apart from the entries, so that a look-up touches one reference count per level.
    private var homeUserEntries: [TenantName: [HomeUserName: HomeUserAccess]] = [:]
    private var callersByKey: [String: CallerAccess] = [:]

    /// Empty.
    package init() {}

    /// The caller that holds a key with this public part; whether the key is right is for `CallerAccess.accepts` to say.
    package func caller(keyIdentifier: String) -> CallerAccess? {
        callersByKey[keyIdentifier]
    }

    package func homeUser(_ name: HomeUserName, in tenant: TenantName) -> HomeUserAccess? {
        homeUserEntries[tenant]?[name]
    }

    package func consumer(_ name: ConsumerName, in tenant: TenantName) -> ConsumerAccess? {
        tenantEntries[tenant]?.consumers[name]
    }

    package func tenant(_ name: TenantName) -> Tenant? {
        tenantEntries[name]?.tenant
    }

    /// Nil: the defaults hold.
    package func tenantLimits(of name: TenantName) -> LimitOverride? {
        tenantEntries[name]?.limits
    }
}

private struct TenantEntry {
    let tenant: Tenant
    var consumers: [ConsumerName: ConsumerAccess] = [:]
    var callers: [CallerName: CallerAccess] = [:]
    var limits: LimitOverride?
}

extension Snapshot {
    /// By name.
    package func tenants() -> [Tenant] {
        tenantEntries.values.map(\.tenant).sorted { $0.name < $1.name }
    }

    /// By tenant and name; of all tenants for nil.
    package func consumers(in tenant: TenantName? = nil) -> [Consumer] {
        entries(of: tenant).flatMap { $0.consumers.values.map(\.consumer) }
            .sorted { ($0.tenant, $0.name) < ($1.tenant, $1.name) }
    }

    /// By tenant and name; of all tenants for nil.
    package func callers(in tenant: TenantName? = nil) -> [Caller] {
        entries(of: tenant).flatMap { $0.callers.values.map(\.caller) }
            .sorted { ($0.tenant, $0.name) < ($1.tenant, $1.name) }
    }

    /// By tenant and name; of all tenants for nil.
    package func homeUsers(in tenant: TenantName? = nil) -> [HomeUser] {
        let users = tenant.map { [homeUserEntries[$0] ?? [:]] } ?? Array(homeUserEntries.values)
        return users.flatMap { $0.values.map(\.user) }.sorted { ($0.tenant, $0.name) < ($1.tenant, $1.name) }
    }

    /// By tenant, kind and name; of all tenants for nil. Walks all home users.
    package func limitOverrides(in tenant: TenantName? = nil) -> [LimitOverride] {
        let users = tenant.map { [homeUserEntries[$0] ?? [:]] } ?? Array(homeUserEntries.values)
        var found = users.flatMap { $0.values.compactMap(\.limits) }
        for entry in entries(of: tenant) {
            found += entry.callers.values.compactMap(\.limits) + entry.consumers.values.compactMap(\.limits)
            if let limits = entry.limits { found.append(limits) }
        }
        return found.sorted {
            ($0.object.tenant.rawValue, $0.object.kind.rawValue, $0.object.name)
                < ($1.object.tenant.rawValue, $1.object.kind.rawValue, $1.object.name)
        }
    }

    /// A caller by its name: for commands, not for requests.
    package func caller(_ name: CallerName, in tenant: TenantName) -> CallerAccess? {
        tenantEntries[tenant]?.callers[name]
    }

    private func entries(of tenant: TenantName?) -> [TenantEntry] {
        guard let tenant else { return Array(tenantEntries.values) }
        return tenantEntries[tenant].map { [$0] } ?? []
    }

    /// How many of each there are, for metrics. Walks all home users.
    package var counts: SnapshotCounts {
        var counts = SnapshotCounts(tenants: tenantEntries.count)
        for entry in tenantEntries.values {
            counts.consumers += entry.consumers.count
            counts.callers += entry.callers.count
        }
        for users in homeUserEntries.values {
            for access in users.values { counts.homeUsers[access.user.state, default: 0] += 1 }
        }
        return counts
    }
}

extension Snapshot {
    /// Takes over what one transaction committed. Nothing new is no new generation: caches stay good.
    mutating func apply(_ changes: [SnapshotChange]) {
        guard !changes.isEmpty else { return }
        generation += 1
        for change in changes { apply(change) }
    }

    private mutating func apply(_ change: SnapshotChange) {
        switch change {
        case .tenantAdded(let tenant):
            tenantEntries[tenant.name] = TenantEntry(tenant: tenant)
        case .tenantRemoved(let name):
            for caller in tenantEntries[name]?.callers.values ?? [:].values { forgetKeys(of: caller) }
            tenantEntries[name] = nil
            homeUserEntries[name] = nil
        case .consumer(let access):
            let (name, tenant) = (access.consumer.name, access.consumer.tenant)
            let limited = access.with(consumer(name, in: tenant)?.limits)
            tenantEntries[tenant]?.consumers[name] = limited
        case .consumerRemoved(let name, let tenant):
            tenantEntries[tenant]?.consumers[name] = nil
        case .homeUser(let access):
            let (name, tenant) = (access.user.name, access.user.tenant)
            let limited = access.with(homeUser(name, in: tenant)?.limits)
            homeUserEntries[tenant, default: [:]][name] = limited
        case .homeUserRemoved(let name, let tenant):
            homeUserEntries[tenant]?[name] = nil
        case .caller(let access):
            put(access.with(caller(access.name, in: access.tenant)?.limits))
        case .callerRemoved(let name, let tenant):
            if let old = caller(name, in: tenant) { forgetKeys(of: old) }
            tenantEntries[tenant]?.callers[name] = nil
        case .limits(let limits): setLimits(limits, of: limits.object)
        case .limitsRemoved(let object): setLimits(nil, of: object)
        }
    }

    private mutating func setLimits(_ limits: LimitOverride?, of object: LimitedObject) {
        switch object {
        case .homeUser(let name, let tenant):
            let limited = homeUser(name, in: tenant)?.with(limits)
            homeUserEntries[tenant]?[name] = limited
        case .caller(let name, let tenant):
            if let old = caller(name, in: tenant) { put(old.with(limits)) }
        case .tenant(let name):
            tenantEntries[name]?.limits = limits
        case .consumer(let name, let tenant):
            let limited = consumer(name, in: tenant)?.with(limits)
            tenantEntries[tenant]?.consumers[name] = limited
        }
    }

    private mutating func put(_ access: CallerAccess) {
        if let old = caller(access.name, in: access.tenant) { forgetKeys(of: old) }
        for identifier in access.caller.keyIdentifiers { callersByKey[identifier] = access }
        tenantEntries[access.tenant]?.callers[access.name] = access
    }

    private mutating func forgetKeys(of access: CallerAccess) {
        for identifier in access.caller.keyIdentifiers { callersByKey[identifier] = nil }
    }
}
