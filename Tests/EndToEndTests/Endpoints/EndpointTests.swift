// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing
import WegoWise

/// Every catalogued endpoint, called through the built gateway against the built sandbox.
struct EndpointTests {
    private static let users = ["alice", "bob", "carol", "dave"]

    private static func boxed(_ settings: [String: String] = [:]) async throws -> SandboxedGateway {
        try await SandboxedGateway(SandboxState(users: users, dataUsers: ["meters"]), settings: settings)
    }

    @Test func theTableHoldsTheWholeCatalogue() {
        let listed = EndpointCall.all.map(\.route)
        #expect(Set(listed) == Set(RouteCatalogue.standard.routes.map(\.identifier)))
        #expect(Set(listed).count == listed.count)
    }

    @Test(arguments: ["lenient", "strict", "off"])
    func everyEndpointWorks(validation: String) async throws {
        let gateway = try await Self.boxed(["VALIDATION": validation])
        let client = try gateway.client()
        for call in EndpointCall.all { try await expect(call, client) }
        let arrivals = try await gateway.sandbox.arrivals()
        try #require(arrivals.count == EndpointCall.all.count)
        for (arrival, call) in zip(arrivals, EndpointCall.all) {
            #expect(arrival.method == call.method && arrival.target == call.target, "\(call.route)")
            #expect(arrival.verdict == (call.user.isEmpty ? "not_required" : "valid"), "\(call.route)")
            #expect(arrival.user == (call.user.isEmpty ? nil : call.user), "\(call.route)")
        }
        try await client.send("GET", "/users/nina/oauth/user").expect(200, "the new user's token was stored")
        try await client.send("GET", "/users/carol/oauth/user").expect(410, "destroyed with its last call")
    }

    private func expect(_ call: EndpointCall, _ client: Client) async throws {
        let answer = try await client.send(call.method, call.gatewayTarget, call.body.map { Array($0.utf8) })
        #expect(answer.status == call.status, "\(call.route): \(answer.bodyText)")
        #expect(answer.bodyText.contains(call.shows) || call.shows.isEmpty, "\(call.route): \(answer.bodyText)")
        #expect(answer.header("wego-gateway-error-source") == (call.status < 300 ? nil : "upstream"), "\(call.route)")
        for secret in ["oauth_token_secret", "oauth_token_key"] { #expect(!answer.bodyText.contains(secret)) }
    }

    /// Which spelling is right is in doubt, so each goes out as the caller wrote it and means the same.
    @Test func otherSpellingsGoOutAsTheyCame() async throws {
        let gateway = try await Self.boxed()
        let client = try gateway.client()
        let calls = [
            EndpointCall(
                "wego_home.users.create", "developer", "POST", "/api/v1/wego_home/user", EndpointCall.newUser("nils")),
            EndpointCall(
                "wego_home.building.create", "carol", "POST", "/api/v1/wego_home/buildings", EndpointCall.building),
            EndpointCall("wego_home.building.show", "carol", "GET", "/api/v1/wego_home/buildings"),
            EndpointCall("wego_home.building.delete", "carol", "DELETE", "/api/v1/wego_home/buildings", nil, 204),
            EndpointCall("wego_pro.organizations.show", "developer", "GET", "/api/v1/wego_pro/organizations/701"),
            EndpointCall("wego_home.users.destroy", "nils", "DELETE", "/api/v1/wego_home/users", nil, 204),
        ]
        let aliased = RouteCatalogue.standard.routes.filter { !$0.aliases.isEmpty }
        #expect(Set(calls.map(\.route)) == Set(aliased.map(\.identifier)))
        for call in calls { try await expect(call, client) }
        #expect(try await gateway.sandbox.arrivals().map(\.target) == calls.map(\.target))
        #expect(try await gateway.user("nils")?.state == "destroyed")
    }

    /// The example of the API page for Node.js: an old path, data in the query of a PUT, a JSON content type, no body.
    @Test func theDocumentedNodeExampleWorks() async throws {
        let gateway = try await Self.boxed()
        let answer = try await gateway.send(
            "PUT", "/users/developer/api/v1/users/developer/buildings/1001?sqft=12345&has_elevator=true",
            headers: ["Content-Type: application/json", "Content-Length: 0"])
        try answer.expect(200, "the example")
        #expect(answer.bodyText.contains("\"sqft\":12345"))
        let arrival = try #require(try await gateway.sandbox.arrivals().last)
        #expect(arrival.method == "PUT" && arrival.verdict == "valid")
        #expect(arrival.target == "/api/v1/users/developer/buildings/1001?sqft=12345&has_elevator=true")
    }

    @Test func unknownPathsAreForwardedOrRefusedByTheSwitch() async throws {
        let state = try await SandboxState(users: Self.users)
        let target = "/users/alice/api/v1/wego_home/thermostats?a=1"
        let forwarding = try await SandboxedGateway(state)
        let forwarded = try await forwarding.send("GET", target)
        #expect(forwarded.status == 404 && forwarded.header("wego-gateway-error-source") == "upstream")
        #expect(try await state.sandbox.arrivals().map(\.target) == ["/api/v1/wego_home/thermostats?a=1"])

        let refusing = try await SandboxedGateway(state, settings: ["UPSTREAM_UNKNOWN_PATHS": "refuse"])
        try expectProblem(await refusing.send("GET", target), .pathNotForwarded)
        let wrongMethod = try await refusing.send("PUT", "/users/alice/api/v1/wego_home/building", "{}")
        try expectProblem(wrongMethod, .methodNotAllowed)
        #expect(wrongMethod.header("allow") == "DELETE, GET, POST")
        #expect(try await state.sandbox.arrivalCount() == 1)
        try await refusing.send("GET", "/users/alice/api/v1/wego_home/building").expect(200, "a known path")
    }

    /// Another path for an operation is checked, captured and sent as the old one is.
    @Test func anOverrideOfAPathIsUsedOnTheWire() async throws {
        let gateway = try await Self.boxed([
            "UPSTREAM_ROUTES": """
            {"wego_home.users.create": ["/api/v1/wego_home/people"], "wego_home.meters.delete": "/api/v1/counters/{id}"}
            """,
            "UPSTREAM_UNKNOWN_PATHS": "refuse",
        ])
        let people = "/users/developer/api/v1/wego_home/people"
        let faulty = try await gateway.send("POST", people, #"{"username": "pia"}"#)
        #expect(faulty.status == 422 && faulty.faultPointers == ["/email", "/first_name", "/last_name", "/password"])
        try await gateway.sandbox.script(
            """
            {"match": {"path_prefix": "/api/v1/wego_home/people"}, "fault":
             {"status": 201, "body": {"user": {"id": 9, "oauth_token": "T-9", "oauth_token_secret": "S-9"}}}}
            """)
        let created = try await gateway.send("POST", people, EndpointCall.newUser("pia"))
        #expect(created.status == 201 && created.bodyText == #"{"user": {"id":9}}"#)
        #expect(created.header("wego-gateway-stored-user") == "pia")
        #expect(try await gateway.user("pia")?.state == "active")
        _ = try await gateway.send("DELETE", "/users/alice/api/v1/counters/7")
        try await gateway.send("DELETE", "/users/alice/api/v1/wego_home/meters/2").expect(204, "the old path")
        #expect(
            try await gateway.sandbox.arrivals().map(\.target)
                == ["/api/v1/wego_home/people", "/api/v1/counters/7", "/api/v1/wego_home/meters/2"])
    }
}

extension RawResponse {
    /// Records what came instead of the expected status.
    func expect(_ status: Int, _ what: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(self.status == status, "\(what): \(bodyText)", sourceLocation: sourceLocation)
    }

    /// The pointers of all faults a 422 names, in its order.
    var faultPointers: [String] {
        struct Faults: Decodable {
            struct Fault: Decodable { let pointer: String }
            let faults: [Fault]
        }
        return (try? JSONDecoder().decode(Faults.self, from: Data(body)))?.faults.map(\.pointer) ?? []
    }
}
