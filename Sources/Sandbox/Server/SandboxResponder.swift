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

    private let simulator: Mutex<Simulator>
    private let configuration: SandboxConfiguration

    init(_ configuration: SandboxConfiguration) {
        self.configuration = configuration
        simulator = Mutex(configuration.simulator())
    }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let body: [UInt8]
        do throws(BodyFailure) {
            body = try await self.body(of: request)
        } catch {
            let failure = APIFailure(status: error.status, message: error.message(configuration.limits))
            return response(to: request, with: SandboxAnswer(failure, verdict: .unchecked), closing: true)
        }
        let sandboxRequest = SandboxRequest(
            method: request.head.method.rawValue,
            scheme: configuration.tls ? "https" : "http",
            authority: request.head.authority ?? "",
            target: request.head.path ?? "",
            authorization: request.headers[values: .authorization],
            contentType: request.headers[.contentType],
            body: body)
        let now = configuration.now()
        let answer = simulator.withLock { $0.answer(to: sandboxRequest, now: now, mint: TokenPair.random) }
        return response(to: request, with: answer, closing: false)
    }

    private func response(to request: Request, with answer: SandboxAnswer, closing: Bool) -> Response {
        let record = VerdictRecord(
            method: request.head.method.rawValue, target: request.head.path ?? "", verdict: answer.verdict,
            status: answer.status)
        configuration.onVerdict(record)
        var headers = HTTPFields()
        headers[.cacheControl] = "no-store"
        headers[.wwwAuthenticate] = answer.challenge
        // What is left of the body must not be taken for the next request.
        if closing { headers[.connection] = "close" }
        let status = HTTPResponse.Status(code: answer.status)
        guard let body = answer.body, request.head.method != .head else {
            return Response(status: status, headers: headers)
        }
        headers[.contentType] = "application/json; charset=utf-8"
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
