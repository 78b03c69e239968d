// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import Testing

struct SigningKeyTests {
    private func key(_ consumerSecret: String, _ tokenSecret: String?) -> SigningKey {
        SigningKey(consumerSecret: Secret(utf8: consumerSecret), tokenSecret: tokenSecret.map { Secret(utf8: $0) })
    }

    @Test(arguments: Fixture.load("signatures.json", as: SignatureVector.self))
    func signsAsPublished(vector: SignatureVector) throws {
        let method = try #require(SignatureMethod(rawValue: vector.method))
        let baseString = SignatureBaseString(bytes: Array(vector.baseString.utf8))
        let signature = key(vector.consumerSecret, vector.tokenSecret).signature(of: baseString, method: method)
        #expect(text(signature) == vector.signature)
    }

    @Test func signsTheSameTwice() {
        let key = key("cs", "ts")
        let baseString = SignatureBaseString(bytes: Array("bs".utf8))
        let signatures = (0..<3).map { _ in text(key.signature(of: baseString, method: .hmacSHA1)) }
        #expect(signatures == Array(repeating: "VZVjXceV7JgPq/dOTnNmEfO0Fv8=", count: 3))
    }

    @Test func showsNothing() {
        let key = key("consumer-canary", "token-canary")
        var dumped = ""
        dump(key, to: &dumped)
        for shown in ["\(key)", String(describing: key), String(reflecting: key), dumped] {
            #expect(shown.contains("<redacted>"))
            #expect(!shown.contains("canary"))
        }
        #expect(Mirror(reflecting: key).children.isEmpty)
    }
}
