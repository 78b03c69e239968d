// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Sandbox

/// What is wrong with a header before any secret is looked at.
struct AuthorizationFormTests {
    private static let target = "/oauth/user"

    private func problem(_ authorization: [String], target: String = Self.target) -> OAuthProblem? {
        var provider = SignedClient.configuration().simulator().provider
        var request = SignedClient.alice.request("GET", target)
        request.authorization = authorization
        do throws(OAuthProblem) {
            _ = try provider.verify(request, now: SignedClient.now)
            return nil
        } catch {
            return error
        }
    }

    private var valid: String { SignedClient.alice.request("GET", Self.target).authorization[0] }

    @Test(arguments: [[], ["Bearer wgk_1_2"], ["oauth oauth_nonce=\"1\""], ["OAuth"], [""]])
    func anythingButAnOAuthHeaderIsAbsent(authorization: [String]) {
        #expect(problem(authorization) == .parameterAbsent([]))
    }

    @Test(arguments: [
        "oauth_consumer_key", "oauth_token", "oauth_signature_method", "oauth_signature", "oauth_timestamp",
        "oauth_nonce",
    ])
    func everyParameterIsMissed(name: String) throws {
        let pattern = try Regex(#"\#(name)="[^"]*"(, ?)?"#)
        var without = valid.replacing(pattern, with: "")
        while without.hasSuffix(",") || without.hasSuffix(" ") { without.removeLast() }
        #expect(problem([without]) == .parameterAbsent([name]))
        let empty = valid.replacing(try Regex(#"\#(name)="[^"]*""#), with: "\(name)=\"\"")
        #expect(problem([empty]) == .parameterAbsent([name]))
    }

    @Test func versionIsOptionalButMustBeRight() throws {
        let version = #"oauth_version="1.0""#
        try #require(valid.contains(version))
        #expect(problem([valid.replacing(version, with: #"oauth_version="2.0""#)]) == .versionRejected)
        #expect(problem([valid.replacing(version, with: #"oauth_version="""#)]) == .versionRejected)
    }

    @Test(arguments: ["HMAC-SHA256", "PLAINTEXT", "RSA-SHA1", "hmac-sha1"])
    func otherSignatureMethodsAreRejected(method: String) {
        #expect(problem([valid.replacing("HMAC-SHA1", with: method)]) == .signatureMethodRejected)
    }

    @Test(arguments: ["tomorrow", "-5", "1e9", "99999999999999999999", "0"])
    func timestampsAreWholeSeconds(text: String) {
        let header = valid.replacing("oauth_timestamp=\"\(SignedClient.now)\"", with: "oauth_timestamp=\"\(text)\"")
        #expect(problem([header])?.name == "parameter_rejected")
    }

    @Test func malformedHeadersAreRejected() {
        #expect(problem([valid, valid])?.name == "parameter_rejected")
        #expect(problem([valid + #", oauth_nonce="again""#])?.name == "parameter_rejected")
        #expect(problem([valid + #", x="%zz""#])?.name == "parameter_rejected")
        #expect(problem(["OAuth nonsense"])?.name == "parameter_rejected")
    }

    @Test(arguments: ["/oauth/user?oauth_nonce=1", "/oauth/user?a=%zz"])
    func queriesAreStrict(target: String) {
        #expect(problem([valid], target: target)?.name == "parameter_rejected")
    }

    @Test(arguments: [
        (OAuthProblem.nonceUsed, "oauth_problem=nonce_used"),
        (.signatureInvalid, "oauth_problem=signature_invalid"),
        (.tokenRejected, "oauth_problem=token_rejected"),
        (.consumerKeyUnknown, "oauth_problem=consumer_key_unknown"),
        (.signatureMethodRejected, "oauth_problem=signature_method_rejected"),
        (.bodyHashInvalid, "oauth_problem=body_hash_invalid"),
        (.parameterAbsent([]), "oauth_problem=parameter_absent"),
        (
            .parameterAbsent(["oauth_nonce", "oauth_token"]),
            #"oauth_problem=parameter_absent, oauth_parameters_absent="oauth_nonce&oauth_token""#
        ),
        (.parameterRejected("a \"b\""), #"oauth_problem=parameter_rejected, oauth_problem_advice="a%20%22b%22""#),
        (.timestampRefused(acceptable: 1...9), #"oauth_problem=timestamp_refused, oauth_acceptable_timestamps="1-9""#),
        (.versionRejected, #"oauth_problem=version_rejected, oauth_acceptable_versions="1.0-1.0""#),
    ])
    func challengesNameTheProblem(problem: OAuthProblem, expected: String) {
        #expect(problem.challenge == "OAuth realm=\"WegoWise sandbox\", " + expected)
    }
}
