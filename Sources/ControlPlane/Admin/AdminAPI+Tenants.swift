// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird

extension AdminAPI {
    @Sendable func listTenants(_ request: Request, context: AdminContext) async throws -> Response {
        let tenants = try await store { try $0.tenants() }
        return .json(.members(["tenants": .array(tenants.map(\.tree))]))
    }

    @Sendable func addTenant(_ request: Request, context: AdminContext) async throws -> Response {
        let name: TenantName = try await body(of: request, known: ["name"]).name("name")
        return .json(try await store { try $0.addTenant(name) }.tree, status: .created)
    }

    @Sendable func removeTenant(_ request: Request, context: AdminContext) async throws -> Response {
        let name: TenantName = try name(in: context)
        try await store { try $0.removeTenant(name) }
        return .done
    }
}
