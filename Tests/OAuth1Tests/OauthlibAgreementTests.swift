// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import OAuth1
import Secrets
import TestSupport
import Testing

/// An independent implementation signs the same requests. The interpreter is the system's, where `python3-oauthlib` lives.
struct OauthlibAgreementTests {
    private static let interpreter = "/usr/bin/python3"
    private static let requestCount = 4000

    private struct Answer: Decodable {
        let authorization: String?
        let error: String?
    }

    @Test func agreesOnRandomRequests() async throws {
        var generator = SeededGenerator(seed: 5849)
        let requests = (0..<Self.requestCount).map { _ in RandomRequest(using: &generator) }
        let answers = try await oauthlib(requests)
        try #require(answers.count == requests.count)
        for (request, answer) in zip(requests, answers) {
            try compare(request, answer)
        }
    }

    private func compare(_ request: RandomRequest, _ answer: Answer) throws {
        let authorization = try #require(answer.authorization, "oauthlib refused \(request.uri): \(answer.error ?? "")")
        let signable = try #require(request.signable(), "we refused \(request)")
        let ours = try AuthorizationHeader.parse(
            request.signer.authorization(
                for: signable, with: request.credential, timestamp: request.timestamp, nonce: Array(request.nonce.utf8),
                extra: request.extra))
        let theirs = try AuthorizationHeader.parse(Array(authorization.utf8))
        #expect(sorted(ours) == sorted(theirs), "\(request)")
        let accepts = SignatureCheck.verify(
            method: signable.method, uri: signable.uri, queryAndFormParameters: signable.parameters, header: theirs,
            consumerSecret: Secret(utf8: request.consumerSecret),
            tokenSecret: request.tokenSecret.map { Secret(utf8: $0) })
        #expect(accepts, "\(request)")
    }

    private func sorted(_ header: AuthorizationHeader) -> [String] {
        header.parameters
            .map { text(PercentEncoding.encode($0.name)) + "=" + text(PercentEncoding.encode($0.value ?? [])) }
            .sorted()
    }

    private func oauthlib(_ requests: [RandomRequest]) async throws -> [Answer] {
        let directory = try TemporaryDirectory("oauthlib")
        let encoder = JSONEncoder()
        let lines = try requests.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
        let file = try directory.write(lines.joined(), to: "requests.jsonl")
        let child = try await ChildProcess(Self.interpreter, [Fixture.url("oauthlib_signatures.py").path, file])
        let status = try await child.exitStatus(within: .seconds(120))
        try #require(
            status == 0, "python3-oauthlib is needed (`apt-get install python3-oauthlib`): \(child.errors.text)")
        return try child.output.lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    }
}
