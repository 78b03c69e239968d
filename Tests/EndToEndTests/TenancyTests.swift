// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Tenants share a gateway and nothing else.
struct TenancyTests {
    @Test func signsForEachTenantsOwnUserOfTheSameName() async throws {
        let deployment = try await Deployment.shared()
        let acme = try await deployment.forward(.get("/users/alice/oauth/user", as: "acme/backend"))
        let globex = try await deployment.forward(.get("/users/alice/oauth/user", as: "globex/backend"))
        #expect(acme.record.user == "acme-alice")
        #expect(globex.record.user == "globex-alice")
    }

    /// Whoever guesses names must not learn which of them exist elsewhere.
    @Test(arguments: ["/api/v1/wego_home/meters", "/oauth/user", ""])
    func answersForAForeignUserAsForNone(rest: String) async throws {
        let deployment = try await Deployment.shared()
        let foreign = try await deployment.send(.get("/users/gina\(rest)"))
        let unknown = try await deployment.send(.get("/users/nina\(rest)"))
        let (one, other) = (
            try expectProblem(foreign, .userNotFound), try expectProblem(unknown, .userNotFound)
        )
        #expect(one.type == other.type && one.title == other.title)
        #expect(one.detail.replacing("gina", with: "nina") == other.detail)
        #expect(foreign.headers.map(\.name) == unknown.headers.map(\.name))
        #expect(foreign.body.count == unknown.body.count)
    }

    @Test func describesAUserWithoutSecrets() async throws {
        let deployment = try await Deployment.shared()
        // Not alice: a 401 that another test lets the upstream say to her makes her suspect.
        let response = try await deployment.send(.get("/users/dora"))
        #expect(response.status == 200)
        #expect(response.bodyText.contains("active"))
        for secret in deployment.credentials.secrets { #expect(!response.bodyText.contains(secret)) }
    }

    @Test func limitsACallerToItsUsers() async throws {
        let deployment = try await Deployment.shared()
        let (_, record) = try await deployment.forward(.get("/users/bob.b@example-1/oauth/user", as: "acme/bobs"))
        #expect(record.user == "acme-bob.b@example-1")
        try expectProblem(await deployment.send(.get("/users/alice/oauth/user", as: "acme/bobs")), .userNotFound)
    }
}
