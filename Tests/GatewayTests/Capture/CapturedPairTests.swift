// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Gateway

struct CapturedPairTests {
    static let readable: [(String, String)] = [
        (#"{"id":7,"oauth_token_secret":"S","oauth_token_key":"T"}"#, #"{"id":7}"#),
        (#"{"oauth_token":"T", "oauth_token_secret" : "S"}"#, "{}"),
        (
            #" {"user": {"id" : 1.50, "oauth_token_key":"T","oauth_token_secret":"S", "n":null}, "x": [ 1 ]} "#,
            #" {"user": {"id":1.50,"n":null}, "x": [ 1 ]} "#
        ),
    ]

    @Test(arguments: readable)
    func takesThePairOutAndLeavesTheRest(_ answer: String, _ rest: String) throws {
        let pair = try #require(CapturedPair(answer: Array(answer.utf8)))
        #expect(String(decoding: pair.remainder, as: UTF8.self) == rest)
        #expect(pair.token.isEqual(to: .init(utf8: "T")))
        #expect(pair.tokenSecret.isEqual(to: .init(utf8: "S")))
    }

    @Test(arguments: [
        "", "[]", "{}", "nonsense", #"{"oauth_token_secret":"S"}"#, #"{"oauth_token_key":"T"}"#,
        #"{"oauth_token_key":"","oauth_token_secret":"S"}"#, #"{"oauth_token_key":"T","oauth_token_secret":7}"#,
        #"{"oauth_token_key":"T","oauth_token":"U","oauth_token_secret":"S"}"#,
        #"{"a":{"oauth_token_key":"T","oauth_token_secret":"S"},"b":{"oauth_token_key":"T","oauth_token_secret":"S"}}"#,
        #"{"a":{"b":{"oauth_token_key":"T","oauth_token_secret":"S"}}}"#,
        #"{"oauth_token_key":"T","oauth_token_secret":"S"} trailing"#,
    ])
    func doesNotGuess(_ answer: String) {
        #expect(CapturedPair(answer: Array(answer.utf8)) == nil)
    }

    @Test(arguments: [
        #"{"oauth_token_key":"TTT","oauth_token_secret":"SSS","link":"https://x/?t=TTT"}"#,
        #"{"oauth_token_key":"TTT","oauth_token_secret":"SSS","again":{"secret":"SSS"}}"#,
    ])
    func letsNoCopyPass(_ answer: String) throws {
        let pair = try #require(CapturedPair(answer: Array(answer.utf8)))
        #expect(pair.remainder == Array("{}".utf8))
    }
}
