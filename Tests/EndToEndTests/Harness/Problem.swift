// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// The stable ends of `type` in problem documents that these tests meet, with the status that goes with each.
enum Problem: String, Sendable {
    case keyMissing = "caller-key-missing"
    case keyInvalid = "caller-key-invalid"
    case scopeMissing = "scope-missing"
    case userNotFound = "user-not-found"
    case userRevoked = "user-revoked"
    case badRequest = "bad-request"
    case malformedJSON = "malformed-json"
    case badEnvelope = "bad-envelope"
    case badTarget = "bad-target"
    case pathNotForwarded = "path-not-forwarded"
    case captureUnavailable = "capture-unavailable"
    case methodNotAllowed = "method-not-allowed"
    case bodyTooLarge = "body-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case hostNotAllowed = "host-not-allowed"
    case originForbidden = "origin-forbidden"
    case quotaExceeded = "quota-exceeded"
    case upstreamUnreachable = "upstream-unreachable"
    case upstreamTLS = "upstream-tls"
    case upstreamTimeout = "upstream-timeout"
    case upstreamConnectionLost = "upstream-connection-lost"
    case upstreamBadResponse = "upstream-bad-response"
    case upstreamResponseTooLarge = "upstream-response-too-large"
    case outcomeUnknown = "outcome-unknown"
    case auditUnavailable = "audit-unavailable"

    /// More than one where the same problem comes of a lost connection and of a passed deadline.
    var statuses: Set<Int> {
        switch self {
        case .keyMissing, .keyInvalid: [401]
        case .scopeMissing, .originForbidden, .userRevoked: [403]
        case .userNotFound, .pathNotForwarded: [404]
        case .methodNotAllowed: [405]
        case .badRequest, .malformedJSON, .badEnvelope, .badTarget: [400]
        case .bodyTooLarge: [413]
        case .unsupportedMediaType: [415]
        case .hostNotAllowed: [421]
        case .quotaExceeded: [429]
        case .captureUnavailable: [501]
        case .upstreamUnreachable, .upstreamTLS, .upstreamConnectionLost, .upstreamBadResponse,
            .upstreamResponseTooLarge:
            [502]
        case .upstreamTimeout: [504]
        case .outcomeUnknown: [502, 504]
        case .auditUnavailable: [503]
        }
    }
}

/// An RFC 9457 document as the gateway writes it.
struct ProblemDocument: Decodable, Equatable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let instance: String
    let errors: String

    var slug: String { type.split(separator: ":").last.map(String.init) ?? "" }
}

/// Checks that `response` is the gateway's own refusal of that kind, complete in form.
@discardableResult
func expectProblem(
    _ response: RawResponse, _ problem: Problem, sourceLocation: SourceLocation = #_sourceLocation
) throws -> ProblemDocument {
    let document = try #require(
        try? JSONDecoder().decode(ProblemDocument.self, from: Data(response.body)),
        "\(response.status): \(response.bodyText)", sourceLocation: sourceLocation)
    #expect(document.slug == problem.rawValue, sourceLocation: sourceLocation)
    #expect(problem.statuses.contains(response.status), sourceLocation: sourceLocation)
    #expect(document.status == response.status, sourceLocation: sourceLocation)
    #expect(response.header("content-type") == "application/problem+json", sourceLocation: sourceLocation)
    #expect(response.header("wego-gateway-error-source") == "gateway", sourceLocation: sourceLocation)
    #expect(response.header("wego-gateway-request-id") != nil, sourceLocation: sourceLocation)
    #expect(!document.errors.isEmpty && !document.title.isEmpty, sourceLocation: sourceLocation)
    return document
}
