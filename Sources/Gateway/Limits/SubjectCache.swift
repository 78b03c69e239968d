// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits
import Synchronization

/// What calls count on, made ready once for each home user and caller instead of once a call.
///
/// Entries hold the access objects they were made from, so that the identity of one cannot come to mean another; and all are
/// dropped when anything in custody changes, so that a changed limit holds for the next call.
final class SubjectCache: Sendable {
    private struct OfUser {
        let access: HomeUserAccess
        let homeUser: LimitSubject
        let consumer: LimitSubject
        let tenant: LimitSubject
    }

    private struct OfCaller {
        let access: CallerAccess
        let caller: LimitSubject
        let tenant: LimitSubject
    }

    private struct ConsumerIdentity: Hashable {
        let tenant: TenantName
        let name: ConsumerName
    }

    private struct Contents {
        var generation: UInt64 = 0
        var users: [ObjectIdentifier: OfUser] = [:]
        var callers: [ObjectIdentifier: OfCaller] = [:]
        var consumers: [ConsumerIdentity: LimitSubject] = [:]
        var tenants: [TenantName: LimitSubject] = [:]
    }

    private let rules: LimitRules
    private let custody: any CustodyStore
    private let maximumUsers: Int
    private let contents = Mutex(Contents())

    init(_ rules: LimitRules, _ custody: any CustodyStore, maximumUsers: Int = 16_384) {
        self.rules = rules
        self.custody = custody
        self.maximumUsers = maximumUsers
    }

    /// - Parameter generation: of the snapshot that `user` and `principal` are from.
    func subjects(_ user: HomeUserAccess?, _ principal: Principal, generation: UInt64) -> LimitSubjects {
        let cached = contents.withLock { contents in
            contents.generation == generation ? Self.subjects(user, principal, contents) : nil
        }
        return cached ?? make(user, principal, generation)
    }

    /// Nil if something of it is not there yet.
    private static func subjects(
        _ user: HomeUserAccess?, _ principal: Principal, _ contents: Contents
    ) -> LimitSubjects? {
        var subjects = LimitSubjects()
        if let user {
            guard let found = contents.users[ObjectIdentifier(user)] else { return nil }
            (subjects.homeUser, subjects.consumer, subjects.tenant) = (found.homeUser, found.consumer, found.tenant)
        }
        if let caller = principal.caller {
            guard let found = contents.callers[ObjectIdentifier(caller)] else { return nil }
            (subjects.caller, subjects.tenant) = (found.caller, found.tenant)
        }
        return user == nil && principal.caller == nil ? nil : subjects
    }

    private func make(_ user: HomeUserAccess?, _ principal: Principal, _ generation: UInt64) -> LimitSubjects {
        let snapshot = custody.snapshot
        // What is older than custody is now must not be kept, nor pass for as new: its limits are read again.
        guard snapshot.generation == generation else {
            return rules.renewed(rules.subjects(user, principal, in: snapshot), in: snapshot)
        }
        return contents.withLock { contents in
            if contents.generation > generation { return rules.subjects(user, principal, in: snapshot) }
            if contents.generation < generation || contents.users.count >= maximumUsers {
                contents = Contents(generation: generation)
            }
            return add(user, principal, snapshot, to: &contents)
        }
    }

    private func add(
        _ user: HomeUserAccess?, _ principal: Principal, _ snapshot: Snapshot, to contents: inout Contents
    ) -> LimitSubjects {
        let name = principal.tenant
        let tenant = contents.tenants[name] ?? rules.tenant(name, snapshot)
        contents.tenants[name] = tenant
        var subjects = LimitSubjects(tenant: tenant)
        if let access = user {
            let identity = ConsumerIdentity(tenant: name, name: access.user.consumer)
            let consumer = contents.consumers[identity] ?? rules.consumer(identity.name, in: name, snapshot)
            contents.consumers[identity] = consumer
            let homeUser = rules.homeUser(access.user.name, in: name, limits: access.limits, snapshot)
            contents.users[ObjectIdentifier(access)] = OfUser(
                access: access, homeUser: homeUser, consumer: consumer, tenant: tenant)
            (subjects.homeUser, subjects.consumer) = (homeUser, consumer)
        }
        if let access = principal.caller {
            let known = contents.callers[ObjectIdentifier(access)]?.caller
            let caller = known ?? rules.caller(access, snapshot)
            contents.callers[ObjectIdentifier(access)] = OfCaller(access: access, caller: caller, tenant: tenant)
            subjects.caller = caller
        }
        return subjects
    }
}
