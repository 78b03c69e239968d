// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import Hummingbird
import RateLimits
import StrictJSON

/// A request of the admin API that changes something: what, and where the entry is found.
struct AdminChange: Sendable {
    /// What the path names.
    enum Subject: Sendable, Equatable {
        case tenant, consumer, user, caller, quarantined
        case limits(kind: String)
        /// Of an operation this table does not know: recorded by its path all the same.
        case operation(String)
    }

    let subject: Subject
    let action: AdminEvent.Action

    /// Nil when the request names none, or none that follows the grammar: then it is about to be refused.
    let name: String?
    let tenant: TenantName?

    /// Nil for what changes nothing: reads, calls (the data plane records those) and explanations.
    ///
    /// - Parameters:
    ///   - endpoint: the path's template, `/v1/users/{name}/state`; nil for paths that lead nowhere.
    ///   - name: what stands for `{name}`.
    init?(
        method: HTTPRequest.Method, endpoint: String?, name: String?, kind: String?, tenant: String?, body: JSONValue?,
        snapshot: Snapshot
    ) {
        guard let endpoint, method != .get, method != .head else { return nil }
        let words = endpoint.split(separator: "/").dropFirst().filter { !$0.hasPrefix("{") }.map(String.init)
        guard let collection = words.first, !["call", "sign-explain", "status"].contains(collection) else { return nil }
        let named = name ?? body?["name"]?.string
        self.name = named.flatMap { HomeUserName($0)?.rawValue }
        subject = Self.subject(collection, kind: kind, endpoint: endpoint)
        action = Self.action(method, collection, words.dropFirst().last, state: body?["state"]?.string)
        let tenantText = tenant ?? body?["tenant"]?.string
        let only = snapshot.tenants()
        self.tenant =
            subject == .tenant ? nil : tenantText.map { TenantName($0) } ?? (only.count == 1 ? only[0].name : nil)
    }

    private static func subject(_ collection: String, kind: String?, endpoint: String) -> Subject {
        switch collection {
        case "tenants": .tenant
        case "consumers": .consumer
        case "users": .user
        case "callers": .caller
        case "quarantine": .quarantined
        case "limits": .limits(kind: kind ?? "")
        default: .operation(endpoint)
        }
    }

    private static func action(
        _ method: HTTPRequest.Method, _ collection: String, _ verb: String?, state: String?
    ) -> AdminEvent.Action {
        switch (collection, verb) {
        case ("users", "state"):
            switch state {
            case "frozen": .freeze
            case "active": .thaw
            case "revoked": .revoke
            default: .change
            }
        case ("users", nil) where method == .post: .import
        case ("quarantine", "resolve"): .resolve
        case ("quarantine", nil) where method == .delete: .discard
        case (_, "rotate"): .rotate
        case (_, nil) where method == .delete: .remove
        case (_, nil) where method == .post: .add
        default: .change
        }
    }
}

extension AdminChange {
    /// How the entry stands in `snapshot`: the object of the event, and a fingerprint of what may be shown about it.
    func entry(in snapshot: Snapshot, _ pseudonyms: Pseudonyms) -> (object: AdminEvent.Object, state: Fingerprint?) {
        let text = name ?? "(none)"
        func fingerprint(_ tree: JSONTree?) -> Fingerprint? {
            tree.map { pseudonyms.fingerprint(text, of: $0.bytes) }
        }
        switch subject {
        case .tenant:
            return (.tenant(text), fingerprint(name.flatMap { TenantName($0) }.flatMap { snapshot.tenant($0)?.tree }))
        case .consumer:
            return (.consumer(text), fingerprint(find { snapshot.consumer($0, in: $1)?.consumer.tree }))
        case .caller:
            return (.caller(text), fingerprint(find { snapshot.caller($0, in: $1)?.caller.tree }))
        case .user, .quarantined:
            let access = find { snapshot.homeUser($0, in: $1) }
            return (.user(pseudonyms.user(access)), access.flatMap { pseudonyms.fingerprint(of: $0) })
        case .limits(let kind): return limits(kind, in: snapshot, pseudonyms)
        case .operation(let path): return (.configuration(path), nil)
        }
    }

    /// Home users stand under their pseudonym here, too.
    private func limits(
        _ kind: String, in snapshot: Snapshot, _ pseudonyms: Pseudonyms
    ) -> (object: AdminEvent.Object, state: Fingerprint?) {
        guard let kind = LimitKind(rawValue: kind), let name,
            let owner = kind == .tenant ? TenantName(name) : tenant,
            let object = LimitedObject(kind, named: name, in: owner)
        else { return (.limits("(none)"), nil) }
        var (shown, salt) = (name, "")
        if case .homeUser(let user, let tenant) = object {
            let access = snapshot.homeUser(user, in: tenant)
            guard let pseudonym = pseudonyms.user(access) else { return (.limits("\(kind.rawValue) (none)"), nil) }
            (shown, salt) = (pseudonym.text, access?.keyIdentifier ?? "")
        }
        let state = snapshot.limitOverride(of: object).map { override in
            let adjustment = override.adjustment
            let parts = [
                salt, adjustment.rate?.description, adjustment.burst?.description, adjustment.concurrency?.description,
                adjustment.windows?.map(\.description).joined(separator: ","), adjustment.isShadow?.description,
                override.note,
            ]
            return pseudonyms.fingerprint("limits", of: parts.map { $0 ?? "" }.joined(separator: "\u{1F}").utf8)
        }
        return (.limits("\(kind.rawValue) \(shown)"), state)
    }

    private func find<Kind, Entry>(_ look: (Name<Kind>, TenantName) -> Entry?) -> Entry? {
        guard let tenant, let name = name.flatMap({ Name<Kind>($0) }) else { return nil }
        return look(name, tenant)
    }

    /// The same change, of the home user that a quarantined answer is about.
    func about(_ answer: QuarantinedAnswer?) -> AdminChange {
        guard let answer else { return self }
        return AdminChange(subject: subject, action: action, name: answer.user.rawValue, tenant: answer.tenant)
    }

    private init(subject: Subject, action: AdminEvent.Action, name: String?, tenant: TenantName?) {
        self.subject = subject
        self.action = action
        self.name = name
        self.tenant = tenant
    }
}
