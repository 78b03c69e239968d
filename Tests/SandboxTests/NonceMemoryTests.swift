// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Sandbox

struct NonceMemoryTests {
    private func remember(
        _ memory: inout NonceMemory, _ consumer: String, _ token: String, _ nonce: String, at timestamp: Int64
    ) -> NonceMemory.Answer {
        memory.remember(
            consumerKey: Array(consumer.utf8), token: Array(token.utf8), nonce: Array(nonce.utf8), timestamp: timestamp)
    }

    @Test func aNonceIsUsedOncePerConsumerTokenAndTimestamp() {
        var memory = NonceMemory(capacity: 100)
        #expect(remember(&memory, "c", "t", "n", at: 1) == .fresh)
        #expect(remember(&memory, "c", "t", "n", at: 1) == .used)
        #expect(remember(&memory, "c", "t", "n", at: 2) == .fresh)
        #expect(remember(&memory, "c", "u", "n", at: 1) == .fresh)
        #expect(remember(&memory, "d", "t", "n", at: 1) == .fresh)
        #expect(remember(&memory, "ct", "", "n", at: 1) == .fresh, "parts do not run into each other")
        #expect(memory.count == 5)
    }

    @Test func pruningForgetsWhatTheClockRefuses() {
        var memory = NonceMemory(capacity: 100)
        for timestamp in 1...10 { _ = remember(&memory, "c", "t", "n", at: Int64(timestamp)) }
        memory.prune(before: 8)
        #expect(memory.count == 3)
        #expect(remember(&memory, "c", "t", "n", at: 8) == .used)
    }

    @Test func aFullMemoryRefusesTheSecondsItForgot() {
        var memory = NonceMemory(capacity: 3)
        for timestamp in 1...4 { #expect(remember(&memory, "c", "t", "n", at: Int64(timestamp)) == .fresh) }
        #expect(memory.count == 3)
        #expect(remember(&memory, "c", "t", "n", at: 1) == .forgotten)
        #expect(remember(&memory, "c", "t", "unseen", at: 1) == .forgotten)
        #expect(remember(&memory, "c", "t", "n", at: 2) == .used)
    }

    @Test func aReplayIsRefusedByTheProvider() throws {
        var provider = SignedClient.configuration().simulator().provider
        let request = SignedClient.alice.request("GET", "/oauth/user")
        _ = try provider.verify(request, now: SignedClient.now)
        #expect(throws: OAuthProblem.nonceUsed) { try provider.verify(request, now: SignedClient.now + 299) }
        #expect(throws: Never.self) {
            try provider.verify(SignedClient.bob.request("GET", "/oauth/user"), now: SignedClient.now)
        }
        #expect(throws: OAuthProblem.timestampRefused(acceptable: (SignedClient.now + 1)...(SignedClient.now + 601))) {
            try provider.verify(request, now: SignedClient.now + 301)
        }
    }

    @Test func badSignaturesClaimNoNonce() throws {
        var provider = SignedClient.configuration().simulator().provider
        var impostor = SignedClient.alice
        impostor.tokenSecret = "guessed"
        let forged = impostor.request("GET", "/oauth/user")
        #expect(throws: OAuthProblem.signatureInvalid) { try provider.verify(forged, now: SignedClient.now) }
        _ = try provider.verify(SignedClient.alice.request("GET", "/oauth/user"), now: SignedClient.now)
    }
}
