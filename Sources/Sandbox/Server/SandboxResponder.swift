// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Brings requests from Hummingbird to the simulator and its answers back.
///
/// No router stands in between: the check needs the target as it was received.
final class SandboxResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private let state: Mutex<SandboxState>
    private let configuration: SandboxConfiguration

    init(_ configuration: SandboxConfiguration) {
        self.configuration = configuration
        state = Mutex(SandboxState(configuration.simulator(), logCapacity: configuration.limits.loggedRequests))
    }

    /// To be called when stray bytes have left.
    func noteStrayWrite() { state.withLock { $0.strayWrites += 1 } }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        var incoming = SandboxRequest(
            method: request.head.method.rawValue,
            scheme: configuration.tls ? "https" : "http",
            authority: request.head.authority ?? "",
            target: request.head.path ?? "",
            authorization: request.headers[values: .authorization],
            contentType: request.headers[.contentType],
            origin: request.headers[.origin])
        do throws(BodyFailure) {
            incoming.body = try await body(of: request)
        } catch {
            return refuse(incoming, because: error)
        }
        let question = incoming
        if question.target.hasPrefix(ControlEndpoint.prefix) {
            let answer = state.withLock { ControlEndpoint.answer(to: question, state: &$0) }
            return response(to: question, with: answer)
        }
        let now = configuration.now()
        let (reply, record) = state.withLock { $0.reply(to: question, now: now, mint: TokenPair.random) }
        configuration.onVerdict(record)
        if reply.delay > .zero { try? await Task.sleep(for: reply.delay) }
        var response = response(to: question, with: reply.answer)
        let wire = reply.skew.map { WireFault.date(HTTPDate.text(configuration.now() + $0)) } ?? reply.wire
        response.headers[WireFault.fieldName] = wire?.fieldValue
        return response
    }

    /// What is left of the body must not be taken for the next request.
    private func refuse(_ request: SandboxRequest, because failure: BodyFailure) -> Response {
        let answer = SandboxAnswer(
            APIFailure(status: failure.status, message: failure.message(configuration.limits)), verdict: .unchecked)
        let record = VerdictRecord(request, verdict: answer.verdict, status: answer.status)
        state.withLock { $0.log.append(record) }
        configuration.onVerdict(record)
        var response = response(to: request, with: answer)
        response.headers[.connection] = "close"
        return response
    }

    private func response(to request: SandboxRequest, with answer: SandboxAnswer) -> Response {
        var headers = HTTPFields()
        headers[.cacheControl] = "no-store"
        headers[.wwwAuthenticate] = answer.challenge
        let body = request.method == "HEAD" ? nil : answer.body
        if body != nil { headers[.contentType] = answer.contentType.rawValue }
        for (name, value) in answer.fields {
            guard let name = HTTPField.Name(name) else { continue }
            headers[name] = value
        }
        let status = HTTPResponse.Status(code: answer.status)
        guard let body else { return Response(status: status, headers: headers) }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

/// Why a body was not read.
private enum BodyFailure: Error {
    case tooLarge
    case tooSlow

    var status: Int {
        switch self {
        case .tooLarge: 413
        case .tooSlow: 408
        }
    }

    func message(_ limits: SandboxConfiguration.Limits) -> String {
        switch self {
        case .tooLarge: "The body is longer than \(limits.maximumRequestBody) bytes"
        case .tooSlow: "The body took longer than \(limits.bodyTimeout)"
        }
    }
}

extension SandboxResponder {
    private func body(of request: Request) async throws(BodyFailure) -> [UInt8] {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        let isChunked = request.headers[.transferEncoding] != nil
        guard isChunked || announced ?? 0 > 0 else { return [] }
        guard announced ?? 0 <= configuration.limits.maximumRequestBody else { throw .tooLarge }
        return try await Self.collect(request.body, limits: configuration.limits).get()
    }

    private static func collect(
        _ body: RequestBody, limits: SandboxConfiguration.Limits
    ) async -> Result<[UInt8], BodyFailure> {
        await withTaskGroup(of: Result<[UInt8], BodyFailure>.self) { group in
            group.addTask {
                do {
                    return .success(Array(try await body.collect(upTo: limits.maximumRequestBody).readableBytesView))
                } catch is NIOTooManyBytesError {
                    return .failure(.tooLarge)
                } catch {
                    return .failure(.tooSlow)
                }
            }
            group.addTask {
                try? await Task.sleep(for: limits.bodyTimeout)
                return .failure(.tooSlow)
            }
            let first = await group.next() ?? .failure(.tooSlow)
            group.cancelAll()
            return first
        }
    }
}
