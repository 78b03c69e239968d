// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing
import WegoWise

@testable import Sandbox

/// Requests through signature check, catalogue and state.
struct SimulatorTests {
    private let session = Session()
    private static let building = #"{"address": "1 A, B, MA 02118", "building_type": "sf_detached", "sqft": 900}"#

    @Test func createsReadsAndDeletes() {
        let home = "/api/v1/wego_home"
        #expect(session.call("GET", "/oauth/user") == (200, #"{"id":"2","username":"alice"}"#))
        #expect(session.call("GET", home + "/building") == (404, #"{"errors":"Building not found"}"#))
        #expect(session.call("POST", home + "/building", Self.building).status == 200)
        #expect(session.call("GET", home + "/buildings").status == 200)
        #expect(session.call("POST", home + "/meters", #"{"account_number": "A"}"#) == (200, #"{"id":1}"#))
        let datum = #"{"start_date": "2014-01-01", "end_date": "2014-01-31", "btu": 1000}"#
        #expect(session.call("POST", home + "/meters/1/raw_data", datum).status == 200)
        #expect(session.call("GET", home + "/meters/1/raw_data?x=1").body.contains("0.292997363023733"))
        #expect(session.call("DELETE", home + "/meters/1/raw_data/1") == (204, ""))
        #expect(session.call("DELETE", home + "/meters/1/raw_data/1") == (404, #"{"errors":"Raw datum not found"}"#))
        #expect(session.call("DELETE", home + "/meters/1") == (204, ""))
        #expect(session.call("DELETE", home + "/meters/1") == (400, #"{"errors":"Meter not found"}"#))
        #expect(session.call("GET", home + "/meters") == (200, "[]"))
        #expect(session.call("DELETE", home + "/building") == (204, ""))
    }

    @Test func usersSeeOnlyTheirOwn() {
        _ = session.call("POST", "/api/v1/wego_home/meters", #"{"account_number": "A"}"#)
        #expect(session.call("GET", "/api/v1/wego_home/meters", as: .bob) == (200, "[]"))
        #expect(session.call("DELETE", "/api/v1/wego_home/meters/1", as: .bob).status == 400)
    }

    @Test func createdUsersCanSignAndDestroyedOnesCannot() {
        let carol = #"{"email": "e", "first_name": "f", "last_name": "l", "username": "carol", "password": "p"}"#
        #expect(session.call("POST", "/api/v1/wego_home/users", carol).status == 403)
        #expect(
            session.call("POST", "/api/v1/wego_home/users", carol, as: .developer)
                == (200, #"{"id":4,"oauth_token_secret":"secret 2","oauth_token_key":"token 2"}"#))
        let client = SignedClient(token: "token 2", tokenSecret: "secret 2", username: "carol")
        #expect(session.call("GET", "/oauth/user", as: client) == (200, #"{"id":"4","username":"carol"}"#))
        #expect(session.call("DELETE", "/api/v1/wego_home/user", as: client) == (204, ""))
        #expect(session.call("GET", "/oauth/user", as: client) == (401, ""))
    }

    @Test func thePublicResourceAsksForNoSignature() throws {
        var request = SandboxRequest(
            method: "GET", scheme: "https", authority: "localhost", target: "/api/v1/utility_companies?token=x")
        let answer = session.send(request)
        #expect(answer.status == 200)
        #expect(answer.verdict == .notRequired)
        let body = String(decoding: try #require(answer.body), as: UTF8.self)
        #expect(
            body.hasPrefix(
                #"[{"id":1,"data_type":"Electric","name":"Bay Light and Power","short_name":"BLP","state_code":"MA"}"#))
        request.authorization = ["OAuth oauth_token=\"wrong\""]
        #expect(session.send(request).status == 200, "a signature does no harm")
        request.target = "/api/v1/wego_home/building"
        #expect(session.send(request).status == 401)
    }

    @Test func refusalsHaveNoBody() {
        let request = SandboxRequest(
            method: "GET", scheme: "https", authority: "localhost", target: "/api/v1/wego_home/building")
        let answer = session.send(request)
        #expect(answer.status == 401)
        #expect(answer.body == nil)
        #expect(answer.challenge == #"OAuth realm="WegoWise sandbox", oauth_problem=parameter_absent"#)
        #expect(answer.verdict == .refused(.parameterAbsent([])))
    }

    @Test(arguments: [
        ("POST", "/api/v1/wego_pro/developments", "The sandbox does not simulate wego_pro.developments.create"),
        ("GET", "/api/v1/nothing", "Not found"), ("PUT", "/api/v1/wego_home/building", "Not found"),
        ("GET", "/", "Not found"),
    ])
    func otherPathsAreCheckedAndNotFound(method: String, target: String, message: String) {
        let answer = session.send(SignedClient.alice.request(method, target))
        #expect(answer.status == 404)
        #expect(answer.verdict == .valid(username: "alice"))
        #expect(String(decoding: answer.body ?? [], as: UTF8.self) == "{\"errors\":\"\(message)\"}")
    }

    @Test(arguments: ["http://127.0.0.1/oauth/user", "*", "", "/a%2", "/a%ff", "/caf\u{e9}"])
    func malformedTargetsAreNotChecked(target: String) {
        let answer = session.send(SandboxRequest(method: "GET", scheme: "http", authority: "a", target: target))
        #expect(answer.status == 400)
        #expect(answer.verdict == .unchecked)
    }

    @Test func formsAreUnderstoodAndSigned() {
        let request = SignedClient.alice.request(
            "POST", "/api/v1/wego_home/meters", form: "account_number=A+1&notes=%26")
        #expect(session.send(request).status == 200)
        #expect(session.call("GET", "/api/v1/wego_home/meters").body.contains(#""account_number":"A 1""#))
    }

    @Test func refusedRequestsChangeNothing() {
        var request = SignedClient.alice.request("POST", "/api/v1/wego_home/building", json: Self.building)
        request.authorization[0] = request.authorization[0].replacing(
            "oauth_nonce=\"nonce\"", with: "oauth_nonce=\"other\"")
        #expect(session.send(request).status == 401)
        #expect(session.call("GET", "/api/v1/wego_home/building").status == 404)
    }

    /// Whatever the catalogue lists is simulated, but for the writing operations of wego_pro.
    @Test func theCatalogueIsSimulated() {
        let session = Session(samples: true)
        var missing: [String] = []
        for route in RouteCatalogue.standard.routes where route.identifier != "wego_home.users.destroy" {
            let target = route.template.replacing(/\{\w+\}/, with: "1")
            let answer = session.call(route.method, target, route.method == "GET" ? nil : "{}", as: .developer)
            if answer.body.contains("does not simulate") { missing.append(route.identifier) }
        }
        #expect(missing.allSatisfy { $0.hasPrefix("wego_pro.") && !$0.hasSuffix(".list") && !$0.hasSuffix(".show") })
        #expect(missing.count == 11, "\(missing)")
    }
}
