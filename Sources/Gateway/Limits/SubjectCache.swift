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
    }

    private struct OfCaller {
        let access: CallerAccess
        let caller: LimitSubject
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
    private let maximumUsers: Int
    private let contents = Mutex(Contents())

    init(_ rules: LimitRules, maximumUsers: Int = 16_384) {
        self.rules = rules
        self.maximumUsers = maximumUsers
    }

    /// - Parameter generation: of the snapshot that `user` and `principal` are from.
    func subjects(_ user: HomeUserAccess?, _ principal: Principal, generation: UInt64) -> LimitSubjects {
        contents.withLock { contents in
            if contents.generation < generation || contents.users.count >= maximumUsers {
                contents = Contents(generation: max(generation, contents.generation))
            }
            // What is older than the entries must not pass for as new as they are.
            guard contents.generation == generation else { return rules.subjects(user, principal, generation) }
            var subjects = LimitSubjects(tenant: tenant(principal.tenant, &contents))
            if let user {
                let found = ofUser(user, &contents)
                (subjects.homeUser, subjects.consumer) = (found.homeUser, found.consumer)
            }
            subjects.caller = principal.caller.map { ofCaller($0, &contents).caller }
            return subjects
        }
    }

    private func ofUser(_ access: HomeUserAccess, _ contents: inout Contents) -> OfUser {
        if let known = contents.users[ObjectIdentifier(access)] { return known }
        let (tenant, name) = (access.user.tenant, access.user.consumer)
        let identity = ConsumerIdentity(tenant: tenant, name: name)
        let consumer =
            contents.consumers[identity] ?? rules.consumer(name, in: tenant, generation: contents.generation)
        contents.consumers[identity] = consumer
        let made = OfUser(
            access: access,
            homeUser: rules.homeUser(access.user.name, in: tenant, generation: contents.generation),
            consumer: consumer)
        contents.users[ObjectIdentifier(access)] = made
        return made
    }

    private func ofCaller(_ access: CallerAccess, _ contents: inout Contents) -> OfCaller {
        if let known = contents.callers[ObjectIdentifier(access)] { return known }
        let made = OfCaller(access: access, caller: rules.caller(access, generation: contents.generation))
        contents.callers[ObjectIdentifier(access)] = made
        return made
    }

    private func tenant(_ name: TenantName, _ contents: inout Contents) -> LimitSubject {
        if let known = contents.tenants[name] { return known }
        let made = rules.tenant(name, generation: contents.generation)
        contents.tenants[name] = made
        return made
    }
}
