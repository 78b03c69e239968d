// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird
import Secrets

extension AdminAPI {
    @Sendable func listCallers(_ request: Request, context: AdminContext) async throws -> Response {
        let tenant = try tenantFilter(of: request)
        let callers = try await store { try $0.callers(in: tenant) }
        return .json(.members(["callers": .array(callers.map(\.tree))]))
    }

    @Sendable func addCaller(_ request: Request, context: AdminContext) async throws -> Response {
        let body = try await body(of: request, known: ["name", "tenant", "users", "scopes"])
        let name: CallerName = try body.name("name")
        let tenant = try tenant(named: body.optionalString("tenant"))
        let users = try Self.selection(body.strings("users"))
        let scopes = try Self.scopes(body.optionalString("scopes"))
        let key = try await store { try $0.addCaller(name, in: tenant, users: users, scopes: scopes) }
        return Self.answer(key, of: name, in: tenant, status: .created)
    }

    @Sendable func rotateCaller(_ request: Request, context: AdminContext) async throws -> Response {
        let name: CallerName = try name(in: context)
        let body = try await body(of: request, known: ["tenant", "drop_previous"])
        let tenant = try tenant(named: body.optionalString("tenant"))
        let keepingPrevious = try !body.flag("drop_previous")
        let key = try await store { try $0.rotateCaller(name, in: tenant, keepingPrevious: keepingPrevious) }
        return Self.answer(key, of: name, in: tenant, status: .ok)
    }

    @Sendable func removeCaller(_ request: Request, context: AdminContext) async throws -> Response {
        let name: CallerName = try name(in: context)
        let tenant = try tenant(named: tenantFilter(of: request)?.rawValue)
        try await store { try $0.removeCaller(name, in: tenant) }
        return .done
    }

    /// The one answer that holds a secret: the key leaves the gateway here and is never seen again.
    private static func answer(
        _ key: CallerKey, of name: CallerName, in tenant: TenantName, status: HTTPResponse.Status
    ) -> Response {
        let text = key.text.expose { String(decoding: $0, as: UTF8.self) }
        return .json(
            .members(["caller": .string(name.rawValue), "tenant": .string(tenant.rawValue), "key": .string(text)]),
            status: status)
    }

    private static func selection(_ texts: [String]?) throws(AdminProblem) -> UserSelection {
        guard let texts, texts != ["*"] else { return .all }
        guard !texts.isEmpty else { throw .invalid("users: expected at least one name, or \"*\" for all.") }
        var names: Set<HomeUserName> = []
        for text in texts { names.insert(try HomeUserName.parse(text, called: "users")) }
        return .listed(names)
    }

    private static func scopes(_ text: String?) throws(AdminProblem) -> Scopes {
        guard let text else { return [.read, .write] }
        guard let scopes = Scopes(text: text) else {
            throw .invalid("scopes: expected some of read, write, users, connect, separated by commas.")
        }
        return scopes
    }
}
