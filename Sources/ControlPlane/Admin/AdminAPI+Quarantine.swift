// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird

/// Answers that wait sealed until an operator says where in them the credential is. None of this shows an answer.
extension AdminAPI {
    @Sendable func listQuarantined(_ request: Request, context: AdminContext) async throws -> Response {
        let tenant = try tenantFilter(of: request)
        let entries = try await store { try $0.quarantined(in: tenant) }
        return .json(.members(["answers": .array(entries.map(\.tree))]))
    }

    /// Where the answer has which kind of value.
    @Sendable func outlineQuarantined(_ request: Request, context: AdminContext) async throws -> Response {
        let identifier = try context.parameters.require("name")
        let lines = try await store { try $0.outline(ofQuarantined: identifier) }
        return .json(.members(["id": .string(identifier), "outline": .strings(lines)]))
    }

    @Sendable func resolveQuarantined(_ request: Request, context: AdminContext) async throws -> Response {
        let identifier = try context.parameters.require("name")
        let body = try await body(of: request, known: ["token_member", "secret_member", "token", "token_secret"])
        guard let tokenMember = try body.optionalString("token_member") else {
            let (token, tokenSecret) = (try body.secret("token"), try body.secret("token_secret"))
            let user = try await store {
                try $0.resolveQuarantine(identifier, token: token, tokenSecret: tokenSecret)
            }
            return .json(user.tree)
        }
        let secretMember = try body.string("secret_member")
        let user = try await store {
            try $0.resolveQuarantine(identifier, tokenMember: tokenMember, secretMember: secretMember)
        }
        return .json(user.tree)
    }

    @Sendable func discardQuarantined(_ request: Request, context: AdminContext) async throws -> Response {
        let identifier = try context.parameters.require("name")
        try await store { try $0.discardQuarantine(identifier) }
        return .done
    }
}
