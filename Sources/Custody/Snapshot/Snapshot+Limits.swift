// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension Snapshot {
    /// For commands; a request finds it in the object itself: `HomeUserAccess.limits`, `CallerAccess.limits`,
    /// `ConsumerAccess.limits`, `tenantLimits`.
    package func limitOverride(of object: LimitedObject) -> LimitOverride? {
        switch object {
        case .homeUser(let name, let tenant): homeUser(name, in: tenant)?.limits
        case .caller(let name, let tenant): caller(name, in: tenant)?.limits
        case .tenant(let name): tenantLimits(of: name)
        case .consumer(let name, let tenant): consumer(name, in: tenant)?.limits
        }
    }

    func has(_ object: LimitedObject) -> Bool {
        switch object {
        case .homeUser(let name, let tenant): homeUser(name, in: tenant) != nil
        case .caller(let name, let tenant): caller(name, in: tenant) != nil
        case .tenant(let name): tenant(name) != nil
        case .consumer(let name, let tenant): consumer(name, in: tenant) != nil
        }
    }
}

extension HomeUserAccess {
    /// A new object, unless there are no limits before and after.
    func with(_ limits: LimitOverride?) -> HomeUserAccess {
        guard limits != nil || self.limits != nil else { return self }
        return HomeUserAccess(user: user, credential: credential, keyIdentifier: keyIdentifier, limits: limits)
    }
}

extension CallerAccess {
    func with(_ limits: LimitOverride?) -> CallerAccess {
        guard limits != nil || self.limits != nil else { return self }
        return CallerAccess(caller: caller, digests: digests, limits: limits)
    }
}

extension ConsumerAccess {
    func with(_ limits: LimitOverride?) -> ConsumerAccess {
        guard limits != nil || self.limits != nil else { return self }
        return ConsumerAccess(consumer: consumer, secret: secret, limits: limits)
    }
}
