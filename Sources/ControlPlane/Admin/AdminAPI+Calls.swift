// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird
import OAuth1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AdminAPI {
    @Sendable func call(_ request: Request, context: AdminContext) async throws -> Response {
        let answer = try await sender().perform(try await operatorCall(in: request, context))
        return .json(answer.tree)
    }

    @Sendable func explainSignature(_ request: Request, context: AdminContext) async throws -> Response {
        .json(try sender().explain(try await operatorCall(in: request, context)).tree)
    }

    private func sender() throws(AdminProblem) -> any OperatorCalls {
        guard let calls else {
            throw AdminProblem(
                status: 503, kind: "not-sending", title: "Nothing can be sent from here.",
                detail: "This process only keeps the store. Start the gateway with `wego-gateway serve` and try again.")
        }
        return calls
    }

    private func operatorCall(in request: Request, _ context: AdminContext) async throws -> OperatorCall {
        let body = try await body(of: request, known: ["tenant", "user", "method", "path", "body_base64"])
        let method = try body.string("method")
        guard (1...16).contains(method.utf8.count), method.utf8.allSatisfy({ (65...90).contains($0) }) else {
            throw AdminProblem.invalid("method: expected a method in capitals, like GET.")
        }
        let target = try body.string("path")
        guard target.hasPrefix("/") else {
            throw AdminProblem.invalid("path: expected the part from /api/v1/ on, like /api/v1/wego_home/building.")
        }
        let encoded = try body.optionalString("body_base64")
        let decoded = encoded.map { Data(base64Encoded: $0).map { [UInt8]($0) } }
        if case .some(.none) = decoded { throw AdminProblem.invalid("body_base64: expected base64.") }
        return OperatorCall(
            tenant: try tenant(named: body.optionalString("tenant")), user: try body.name("user"), method: method,
            target: target, body: decoded ?? nil, asker: await context.actor())
    }
}

extension CallAnswer {
    /// The body travels in base64: it may be anything.
    var tree: JSONTree {
        let headers = headers.map { JSONTree.members(["name": .string($0.name), "value": .string($0.value)]) }
        return .members([
            "status": .int(Int64(status)), "headers": .array(headers),
            "body_base64": .string(Data(body).base64EncodedString()),
        ])
    }
}

extension SignatureExplanation {
    var tree: JSONTree {
        let parameters = parameters.map { JSONTree.members(["name": .string($0.name), "value": .string($0.value)]) }
        return .members([
            "method": .string(method), "signature_method": .string(signatureMethod.rawValue),
            "base_string_uri": .string(baseStringURI), "parameters": .array(parameters),
            "base_string": .string(baseString), "header": .string(header),
        ])
    }
}
