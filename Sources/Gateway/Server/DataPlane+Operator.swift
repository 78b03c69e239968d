// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import NIOCore
import NIOHTTP1
import OAuth1

/// A call an operator makes for a home user, through the same pipeline callers go through.
package struct OperatorRequest: Sendable {
    package let tenant: TenantName
    package let user: String
    package let method: String

    /// Path and query, as callers write them behind `/users/{user}`.
    package let target: String

    /// JSON; nil for no body.
    package let body: [UInt8]?

    /// Who asks, as the kernel says: `operator:uid=0`.
    package let asker: String?

    package init(
        tenant: TenantName, user: String, method: String, target: String, body: [UInt8]?, asker: String? = nil
    ) {
        self.asker = asker
        self.tenant = tenant
        self.user = user
        self.method = method
        self.target = target
        self.body = body
    }
}

package struct OperatorAnswer: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
}

extension DataPlane {
    /// Refusals and failures are answers too, as a caller would get them.
    package func call(_ request: OperatorRequest) async -> OperatorAnswer {
        let eventLoop = group.next()
        let promise = eventLoop.makePromise(of: OperatorAnswer.self)
        let pipeline = makePipeline(port: 0, isUnixSocket: true)
        eventLoop.execute {
            let head = HTTPRequestHead(
                version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.target)
            let exchange = Exchange(head: head, pipeline: pipeline, eventLoop: eventLoop) { answer in
                promise.succeed(OperatorAnswer(answer))
            }
            do throws(GatewayError) {
                let admission = try Self.admission(of: request, pipeline) { exchange.note($0) }
                exchange.send(admission, headers: head.headers, body: ByteBuffer(bytes: request.body ?? []))
            } catch {
                exchange.refuse(error)
            }
        }
        do {
            return try await promise.futureResult.get()
        } catch {
            preconditionFailure("the promise of an operator's call is never failed")
        }
    }

    /// How the call would be signed. Nothing is sent; the nonce is as good as the next call's.
    package func explain(_ request: OperatorRequest) throws(GatewayError) -> SignatureExplanation {
        let pipeline = makePipeline(port: 0, isUnixSocket: true)
        guard case .call(let authorized) = try Self.admission(of: request, pipeline, note: { _ in }),
            let credential = try pipeline.material(for: authorized)?.credential
        else { throw .pathNotForwarded }
        return services.signer.explain(
            for: pipeline.signable(authorized.call), with: credential,
            timestamp: services.upstreamClock.timestamp(services.clock),
            nonce: services.chance.token())
    }

    private static func admission(
        of request: OperatorRequest, _ pipeline: RequestPipeline, note: (KnownFact) -> Void
    ) throws(GatewayError) -> Admission {
        let principal = Principal(
            tenant: request.tenant, caller: nil, keyIdentifier: nil, operatorName: request.asker)
        note(.principal(principal))
        guard IngressRules.methods.contains(request.method) else {
            throw .methodNotAllowed(allowed: IngressRules.methods)
        }
        if let body = request.body {
            guard request.method != "GET" && request.method != "HEAD" else {
                throw .badRequest(reason: "GET and HEAD are sent without a body")
            }
            guard body.count <= pipeline.ingress.maximumBody else {
                throw .bodyTooLarge(limit: pipeline.ingress.maximumBody)
            }
        }
        // The home user itself, which callers ask for without a slash at the end.
        let target = request.target == "/" ? RequestTarget(segments: [], query: []) : try RequestTarget(request.target)
        let route = try DataPlaneRoute(
            method: request.method,
            target: RequestTarget(segments: ["users", request.user] + target.segments, query: target.query),
            catalogue: pipeline.services.catalogue)
        note(.route(route))
        return try pipeline.admission(of: route, principal, pipeline.services.custody.snapshot)
    }
}

extension OperatorAnswer {
    fileprivate init(_ answer: Answer) {
        var headers = [("Wego-Gateway-Request-Id", String(decoding: answer.requestID, as: UTF8.self))]
        if let user = answer.notes.storedUser { headers.append(("Wego-Gateway-Stored-User", user.rawValue)) }
        if let problem = answer.notes.upstreamProblem {
            headers.append(("Wego-Gateway-Upstream-Problem", problem.rawValue))
        }
        var body: [UInt8] = []
        switch answer.content {
        case .upstream(let response):
            HopByHop(response.head).forEachEndToEnd(keepingLength: false) { name, value in
                headers.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
            }
            if !response.isSuccess { headers.append(("Wego-Gateway-Error-Source", "upstream")) }
            body = Array(response.body.readableBytesView)
        case .problem(let problem):
            headers.append(("Wego-Gateway-Error-Source", "gateway"))
            headers.append(("Content-Type", "application/problem+json"))
            if let seconds = problem.retryAfter { headers.append(("Retry-After", "\(seconds)")) }
            body = problem.json(requestID: String(decoding: answer.requestID, as: UTF8.self))
        case .own(let own):
            headers.append(("Content-Type", own.contentType))
            headers += own.fields
            body = own.body
        }
        self.init(status: answer.status, headers: headers, body: body)
    }
}
