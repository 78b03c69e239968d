// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import Testing

struct PropertyTests {
    private static let seeds: [UInt64] = [1, 2, 3, 4, 5]
    private static let rounds = 400

    private let credential = SigningCredential(
        consumerKey: Array("ck".utf8), token: Secret(utf8: "tk"),
        key: SigningKey(consumerSecret: Secret(utf8: "cs"), tokenSecret: Secret(utf8: "ts")))

    private func uri() throws -> BaseStringURI {
        try #require(BaseStringURI(scheme: "http", host: "h", port: nil, path: []))
    }

    private func base(_ parameters: [Parameter]) throws -> [UInt8] {
        SignatureBaseString(method: Array("GET".utf8), uri: try uri(), parameters: parameters).bytes
    }

    @Test(arguments: seeds)
    func decodingUndoesEncoding(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<Self.rounds {
            let bytes = generator.bytes()
            let encoded = PercentEncoding.encode(bytes)
            #expect(PercentEncoding.decode(encoded) == bytes)
            #expect(encoded.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "+") })
        }
    }

    @Test(arguments: seeds)
    func parsingUndoesWriting(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<Self.rounds {
            let parameters = generator.parameters()
            let parsed = try #require(FormEncoding.parse(FormEncoding.write(parameters)))
            // Nothing at all is written as `=`, or the reader would drop it.
            #expect(parsed == parameters.map { $0.name.isEmpty && $0.value == nil ? Parameter("", "") : $0 })
            #expect(try base(parsed) == base(parameters))
        }
    }

    @Test(arguments: seeds)
    func orderDoesNotMatter(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<Self.rounds {
            let parameters = generator.parameters()
            #expect(try base(parameters.shuffled(using: &generator)) == base(parameters))
        }
    }

    @Test(arguments: seeds)
    func normalizingTwiceChangesNothing(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<Self.rounds {
            let once = try base(generator.parameters())
            let normalized = try #require(
                once.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).last
                    .flatMap { PercentEncoding.decode($0) })
            #expect(try base(try #require(FormEncoding.parse(normalized))) == once)
        }
    }

    @Test(arguments: seeds)
    func parametersComeOutInByteOrder(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<Self.rounds {
            let shown = Signer().explain(
                for: SignableRequest(method: Array("GET".utf8), uri: try uri(), parameters: generator.parameters()),
                with: credential, timestamp: 1, nonce: [])
            let keys = shown.parameters.filter { $0.value != "<redacted>" }.map {
                [Array($0.name.utf8), Array($0.value.utf8)]
            }
            for (left, right) in zip(keys, keys.dropFirst()) {
                #expect(
                    left[0] == right[0]
                        ? !right[1].lexicographicallyPrecedes(left[1])
                        : left[0].lexicographicallyPrecedes(right[0]))
            }
        }
    }

    @Test(arguments: seeds)
    func parsingUndoesBuildingAHeader(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<Self.rounds {
            let (key, token, nonce) = (generator.bytes(), generator.bytes(), generator.bytes())
            let extra = [Parameter(name: Array("oauth_verifier".utf8), value: generator.bytes())]
            let parameters = generator.parameters()
            let secret = Secret(generator.bytes())
            let method = generator.pick(SignatureMethod.allCases)
            let header = try AuthorizationHeader.parse(
                Signer(method: method, realm: "r").authorization(
                    for: SignableRequest(method: Array("GET".utf8), uri: try uri(), parameters: parameters),
                    with: SigningCredential(
                        consumerKey: key, token: Secret(token),
                        key: SigningKey(consumerSecret: secret, tokenSecret: secret)),
                    timestamp: 7, nonce: nonce, extra: extra))
            #expect(header.consumerKey == key)
            #expect(header.token == token)
            #expect(header.nonce == nonce)
            #expect(header.verifier == extra[0].value)
            #expect(header.timestamp == 7)
            #expect(
                SignatureCheck.verify(
                    method: Array("GET".utf8), uri: try uri(), queryAndFormParameters: parameters, header: header,
                    consumerSecret: secret, tokenSecret: secret))
        }
    }
}
