// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird

extension AdminAPI {
    @Sendable func listConsumers(_ request: Request, context: AdminContext) async throws -> Response {
        let tenant = try tenantFilter(of: request)
        let consumers = try await store { try $0.consumers(in: tenant) }
        return .json(.members(["consumers": .array(consumers.map(\.tree))]))
    }

    @Sendable func addConsumer(_ request: Request, context: AdminContext) async throws -> Response {
        let body = try await body(of: request, known: ["name", "tenant", "key", "secret"])
        let name: ConsumerName = try body.name("name")
        let tenant = try tenant(named: body.optionalString("tenant"))
        let (key, secret) = (try body.string("key"), try body.secret("secret"))
        let consumer = try await store { try $0.addConsumer(name, in: tenant, key: key, secret: secret) }
        return .json(consumer.tree, status: .created)
    }

    @Sendable func rotateConsumer(_ request: Request, context: AdminContext) async throws -> Response {
        let name: ConsumerName = try name(in: context)
        let body = try await body(of: request, known: ["tenant", "key", "secret"])
        let tenant = try tenant(named: body.optionalString("tenant"))
        let (key, secret) = (try body.string("key"), try body.secret("secret"))
        return .json(try await store { try $0.rotateConsumer(name, in: tenant, key: key, secret: secret) }.tree)
    }

    @Sendable func removeConsumer(_ request: Request, context: AdminContext) async throws -> Response {
        let name: ConsumerName = try name(in: context)
        let tenant = try tenant(named: tenantFilter(of: request)?.rawValue)
        try await store { try $0.removeConsumer(name, in: tenant) }
        return .done
    }
}
