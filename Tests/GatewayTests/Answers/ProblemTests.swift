// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import RateLimits
import Testing

@testable import Gateway

struct ProblemTests {
    static let errors: [GatewayError] = [
        .badRequest(reason: "r"), .hostNotAllowed, .originForbidden, .badTarget(reason: "r"),
        .methodNotAllowed(allowed: ["GET"]), .unsupportedMediaType(expected: "e"), .bodyTooLarge(limit: 1),
        .requestTimeout,
        .headTooLarge, .callerKeyMissing, .callerKeyInvalid, .scopeMissing("read"), .userNotFound("u"),
        .userUnusable(name: "u", state: "frozen", reason: nil),
        .userUnusable(name: "u", state: "destroyed", reason: "r"),
        .credentialUnavailable(name: "u"), .pathNotForwarded, .captureUnavailable,
        .developerRequired("d"), .developerOutdated("d"), .storeNameInvalid(field: "f"), .storeNameForbidden("n"),
        .storeNameTaken("n"), .nameNotFreed("n"), .custodyFull(reason: "R."), .custodyUnavailable,
        .answerQuarantined(name: "n", identifier: "i"), .credentialLost(name: "n"), .credentialNotErased(name: "n"),
        .malformedJSON(pointer: "/a", offset: 1, reason: "r"), .badEnvelope(pointer: "/a", expected: "e"),
        .quotaExceeded(LimitRefusal([LimitViolation(.caller, .concurrency)], retryAfterSeconds: 3)), .overloaded,
        .upstreamUnreachable, .upstreamConnectTimeout, .upstreamAddressRefused, .upstreamTLS,
        .upstreamTimeout(outcomeUnknown: false), .upstreamConnectionLost(outcomeUnknown: false), .upstreamBadResponse,
        .upstreamResponseTooLarge, .upstreamTimeout(outcomeUnknown: true), .auditUnavailable, .outcomeNotRecorded,
        .shuttingDown,
        .internalFailure,
    ]

    @Test func givesEachErrorItsSlug() {
        let slugs = Self.errors.map { Problem($0).slug }
        #expect(Set(slugs).count == slugs.count)
        for slug in slugs {
            #expect(!slug.isEmpty && slug.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") })
        }
    }

    /// Clients build on these: a change here breaks them.
    static let promised: [(GatewayError, Int, String)] = [
        (.callerKeyMissing, 401, "caller-key-missing"), (.userNotFound("u"), 404, "user-not-found"),
        (.upstreamTimeout(outcomeUnknown: true), 504, "outcome-unknown"),
        (.upstreamConnectionLost(outcomeUnknown: true), 502, "outcome-unknown"),
        (.upstreamTimeout(outcomeUnknown: false), 504, "upstream-timeout"),
        (.auditUnavailable, 503, "audit-unavailable"), (.hostNotAllowed, 421, "host-not-allowed"),
        (
            .quotaExceeded(LimitRefusal([LimitViolation(.caller, .concurrency)], retryAfterSeconds: 3)), 429,
            "quota-exceeded"
        ),
        (.bodyTooLarge(limit: 1), 413, "body-too-large"), (.headTooLarge, 431, "head-too-large"),
        (.userUnusable(name: "u", state: "destroyed", reason: nil), 410, "user-destroyed"),
    ]

    @Test(arguments: promised)
    func keepsItsPromises(_ error: GatewayError, _ status: Int, _ slug: String) {
        let problem = Problem(error)
        #expect(problem.status == status)
        #expect(problem.slug == slug)
    }

    @Test(arguments: errors)
    func isValidJSON(_ error: GatewayError) throws {
        let problem = Problem(error)
        let text = try #require(ProblemText(problem.json(requestID: "0123")))
        #expect(text.slug == problem.slug)
        #expect(text.text("title")?.isEmpty == false)
        #expect(text.text("detail")?.hasSuffix(".") == true)
        #expect(text.text("instance") == "urn:wego-gateway:request:0123")
        #expect(text.text("errors")?.isEmpty == false)
        guard case .number(let status) = text.document.root["status"]?.kind else {
            Issue.record("no status")
            return
        }
        #expect(status == "\(problem.status)")
        #expect((400...599).contains(problem.status))
    }

    @Test func escapesWhatComesFromOutside() throws {
        let nasty = "\"\\\u{0}\u{1B}\r\n</script>"
        let text = try #require(
            ProblemText(Problem(.badEnvelope(pointer: nasty, expected: nasty)).json(requestID: "0")))
        #expect(text.text("pointer") == nasty)
    }

    static let failures: [(TransferFailure.Kind, TransferFailure.WireState, Bool, String)] = [
        (.connectionLost, .unknown, true, "upstream-connection-lost"),
        (.connectionLost, .unknown, false, "outcome-unknown"),
        (.connectionLost, .answered, false, "outcome-unknown"),
        (.connectionLost, .notSent, false, "upstream-connection-lost"),
        (.timeout, .unknown, false, "outcome-unknown"), (.timeout, .unknown, true, "upstream-timeout"),
        (.timeout, .notSent, false, "upstream-timeout"), (.tls, .notSent, false, "upstream-tls"),
        (.tls, .unknown, false, "outcome-unknown"), (.outOfMemory, .answered, false, "outcome-unknown"),
        (.shuttingDown, .unknown, false, "outcome-unknown"), (.shuttingDown, .notSent, false, "shutting-down"),
        (.notDurable, .notSent, false, "audit-unavailable"), (.overloaded, .notSent, false, "overloaded"),
        (.badResponse, .answered, false, "upstream-bad-response"),
    ]

    @Test(arguments: failures)
    func translatesFailures(
        _ kind: TransferFailure.Kind, _ wire: TransferFailure.WireState, _ changesNothing: Bool, _ slug: String
    ) {
        #expect(Problem(GatewayError(TransferFailure(kind, wire), changesNothing: changesNothing)).slug == slug)
    }

    @Test(arguments: TransferFailure.Kind.allCases)
    func neverCallsASentRequestUnsent(_ kind: TransferFailure.Kind) {
        let problem = Problem(GatewayError(TransferFailure(kind, .unknown), changesNothing: false))
        #expect(!problem.detail.contains("Nothing was sent"))
        #expect(!problem.detail.contains("may be repeated"))
    }
}

struct RetryRuleTests {
    static let again: [(TransferFailure.Kind, TransferFailure.WireState, Bool, Bool)] = [
        (.connectionLost, .notSent, false, true), (.connectionLost, .notSent, true, true),
        (.connectionLost, .unknown, true, true), (.connectionLost, .unknown, false, false),
        (.connectionLost, .answered, false, false), (.unreachable, .notSent, false, true),
        (.certificate, .notSent, true, false), (.tls, .notSent, true, false), (.timeout, .unknown, true, false),
        (.overloaded, .notSent, true, false), (.badResponse, .answered, true, false),
        (.notDurable, .notSent, true, false),
    ]

    @Test(arguments: again)
    func decides(
        _ kind: TransferFailure.Kind, _ wire: TransferFailure.WireState, _ changesNothing: Bool, _ allowed: Bool
    ) {
        let failure = TransferFailure(kind, wire)
        #expect(RetryRule.allows(after: failure, attempts: 1, changesNothing: changesNothing) == allowed)
        #expect(!RetryRule.allows(after: failure, attempts: 2, changesNothing: changesNothing))
    }
}
