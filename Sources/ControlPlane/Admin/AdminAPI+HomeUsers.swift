// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import Hummingbird

extension AdminAPI {
    @Sendable func listHomeUsers(_ request: Request, context: AdminContext) async throws -> Response {
        let tenant = try tenantFilter(of: request)
        let users = try await store { try $0.homeUsers(in: tenant) }
        return .json(.members(["users": .array(users.map(\.tree))]))
    }

    @Sendable func showHomeUser(_ request: Request, context: AdminContext) async throws -> Response {
        let name: HomeUserName = try name(in: context)
        let tenant = try tenant(named: tenantFilter(of: request)?.rawValue)
        return .json(try await store { try $0.homeUser(name, in: tenant) }.tree)
    }

    /// How the user stands in the audit journal.
    @Sendable func showPseudonym(_ request: Request, context: AdminContext) async throws -> Response {
        let name: HomeUserName = try name(in: context)
        let tenant = try tenant(named: tenantFilter(of: request)?.rawValue)
        let pseudonym = try await store { [journal] store -> UserPseudonym? in
            _ = try store.homeUser(name, in: tenant)
            return try journal.pseudonyms().user(store.snapshot.homeUser(name, in: tenant))
        }
        guard let pseudonym else {
            throw AdminProblem(
                status: 410, kind: "no-pseudonym", title: "The home user cannot be found in the journal any more.",
                detail: "The key of home user \(name) was destroyed, and with it the way to its records. "
                    + "They are still there, and nobody can tell any more whose they are.")
        }
        return .json(
            .members([
                "user": .string(name.rawValue), "tenant": .string(tenant.rawValue),
                "pseudonym": .string(pseudonym.text),
            ]))
    }

    @Sendable func importHomeUser(_ request: Request, context: AdminContext) async throws -> Response {
        let body = try await body(
            of: request, known: ["name", "tenant", "consumer", "token", "token_secret", "developer", "replace"])
        let name: HomeUserName = try body.name("name")
        let tenant = try tenant(named: body.optionalString("tenant"))
        let consumer: ConsumerName = try body.name("consumer")
        let (token, tokenSecret) = (try body.secret("token"), try body.secret("token_secret"))
        let (isDeveloper, replacing) = (try body.flag("developer"), try body.flag("replace"))
        let user = try await store {
            try $0.importHomeUser(
                name, in: tenant, consumer: consumer, token: token, tokenSecret: tokenSecret, isDeveloper: isDeveloper,
                replacing: replacing)
        }
        return .json(user.tree, status: .created)
    }

    /// `frozen`, `active` (thaw) and `revoked` are an operator's to set; the others are the gateway's own.
    @Sendable func setHomeUserState(_ request: Request, context: AdminContext) async throws -> Response {
        let name: HomeUserName = try name(in: context)
        let body = try await body(of: request, known: ["tenant", "state", "reason"])
        let tenant = try tenant(named: body.optionalString("tenant"))
        let reason = try body.optionalString("reason")
        guard let state = HomeUserState(rawValue: try body.string("state")),
            [.frozen, .active, .revoked].contains(state)
        else { throw AdminProblem.invalid("state: expected \"frozen\", \"active\" or \"revoked\".") }
        return .json(try await store { try $0.setState(state, reason: reason, of: name, in: tenant) }.tree)
    }

    @Sendable func removeHomeUser(_ request: Request, context: AdminContext) async throws -> Response {
        let name: HomeUserName = try name(in: context)
        let tenant = try tenant(named: tenantFilter(of: request)?.rawValue)
        try await store { try $0.removeHomeUser(name, in: tenant) }
        return .done
    }
}
