// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird
import RateLimits
import Testing

@testable import ControlPlane

struct AdminLimitsTests {
    private static let full =
        #"{"rate": "60/min", "burst": 10, "concurrency": 4, "windows": ["5000/day"], "mode": "shadow", "note": "n"}"#

    private func provisioned() async throws -> AdminFixture {
        let fixture = try AdminFixture()
        fixture.limitDefaults.homeUser = LimitTerms(rate: Rate(permits: 1, per: .day), burst: 30, concurrency: 8)
        fixture.limitDefaults.caller = LimitTerms(concurrency: 64)
        try await fixture.provision()
        return fixture
    }

    @Test func keepsLimits() async throws {
        let fixture = try await provisioned()
        #expect(try await fixture.send(.get, "/v1/limits").text == #"{"overrides": []}"#)
        let set = try await fixture.send(.put, "/v1/limits/home-user/alice", Self.full)
        #expect(set.status == 200)
        #expect(set.text.contains(#""rate": "60/min", "burst": 10, "concurrency": 4, "windows": ["5000/d"], "mode""#))
        #expect(try await fixture.send(.get, "/v1/limits/home-user/alice?tenant=acme").text == set.text)
        #expect(try await fixture.send(.get, "/v1/limits?tenant=acme").text == #"{"overrides": [\#(set.text)]}"#)
        let alice = fixture.store.snapshot.homeUser(HomeUserName("alice")!, in: TenantName("acme")!)
        #expect(alice?.limits?.note == "n" && alice?.limits?.adjustment.isShadow == true)
        #expect(try await fixture.send(.delete, "/v1/limits/home-user/alice").status == 204)
        #expect(try await fixture.send(.get, "/v1/limits").text == #"{"overrides": []}"#)
        #expect(try await fixture.send(.get, "/v1/limits/home-user/alice").status == 404)
    }

    @Test func showsWhatHolds() async throws {
        let fixture = try await provisioned()
        let user = try await fixture.send(.put, "/v1/limits/home-user/alice", #"{"concurrency": 2}"#)
        #expect(
            user.text.contains(
                #""effective": {"rate": "1/d", "burst": 30, "concurrency": 2, "windows": [], "mode": "enforce"}"#))
        let caller = try await fixture.send(.put, "/v1/limits/caller/billing", #"{"rate": "7/h", "mode": "shadow"}"#)
        #expect(
            caller.text.contains(
                #""effective": {"rate": "7/h", "burst": 7, "concurrency": 64, "windows": [], "mode": "shadow"}"#))
    }

    @Test(arguments: ["home-user/alice", "caller/billing", "tenant/acme", "consumer/app"])
    func everyKindCanHaveThem(target: String) async throws {
        let fixture = try await provisioned()
        #expect(try await fixture.send(.put, "/v1/limits/\(target)", #"{"rate": "5/s"}"#).status == 200)
        #expect(try await fixture.send(.get, "/v1/limits").list("overrides", of: "rate") == ["5/s"])
        #expect(try await fixture.send(.delete, "/v1/limits/\(target)").status == 204)
        #expect(try await fixture.send(.delete, "/v1/limits/\(target)").status == 404)
    }

    @Test func puttingReplacesAndPatchingKeepsTheRest() async throws {
        let fixture = try await provisioned()
        try await fixture.send(.put, "/v1/limits/home-user/alice", Self.full)
        let patched = try await fixture.send(.patch, "/v1/limits/home-user/alice", #"{"mode": "enforce"}"#)
        #expect(patched.text.contains(#""windows": ["5000/d"], "mode": "enforce", "note": "n""#))
        let put = try await fixture.send(.put, "/v1/limits/home-user/alice", #"{"mode": "enforce"}"#)
        #expect(put.text.contains(#""rate": null, "burst": null, "concurrency": null, "windows": null"#))
        #expect(put.text.contains(#""note": null"#))
    }

    @Test(arguments: [
        ("{}", "rate: missing, as are burst"), (#"{"burts": 1}"#, "burts: unknown member"),
        (#"{"rate": "0/min"}"#, #"rate: "0/min" is not valid"#), (#"{"rate": 60}"#, "rate: expected a string"),
        (#"{"rate": "-1/min"}"#, "rate: "), (#"{"burst": 0}"#, "burst: expected a whole number from 1 to 1000000"),
        (#"{"burst": -1}"#, "burst: expected a whole number"), (#"{"burst": 1.5}"#, "burst: expected a whole number"),
        (#"{"burst": 99999999999999999999}"#, "burst: expected a whole number"),
        (#"{"rate": "1/d", "burst": 366}"#, "burst: expected at most 365, what the rate 1/d permits in a year"),
        (#"{"burst": 366}"#, "burst: expected at most 365"),
        (#"{"concurrency": "4"}"#, "concurrency: expected a whole"),
        (#"{"concurrency": 1000001}"#, "concurrency: expected"), (#"{"windows": "5/d"}"#, "windows: expected an array"),
        (#"{"windows": [5]}"#, "windows: expected an array of strings"),
        (#"{"windows": ["5/d", "often"]}"#, #"windows: "often" is not valid"#),
        (#"{"windows": ["1/d", "2/d"]}"#, "windows: two of them are per day"),
        (#"{"windows": ["1/d", "2/h", "3/s", "4/min"]}"#, "windows: expected at most 3"),
        (#"{"mode": "off"}"#, "mode: expected"), (#"{"burst": 1, "note": "a\nb"}"#, "The note must be one line"),
        (#"{"burst": 1, "tenant": "a b"}"#, "tenant: "),
    ])
    func namesTheMemberAndChangesNothing(body: String, detail: String) async throws {
        let fixture = try await provisioned()
        try await fixture.send(.put, "/v1/limits/home-user/alice", #"{"concurrency": 3}"#)
        let before = fixture.store.snapshot.generation
        for method in [HTTPRequest.Method.put, .patch] {
            let answer = try await fixture.send(method, "/v1/limits/home-user/alice", body)
            let problem = try #require(AdminProblem(body: Array(answer.text.utf8)))
            #expect(answer.status == 400)
            #expect(problem.detail.hasPrefix(detail), "\(problem.detail)")
        }
        #expect(fixture.store.snapshot.generation == before)
    }

    @Test(arguments: [
        ("home/alice", 400, "kind: expected one of home-user, caller, tenant, consumer"),
        ("home-user/a%20b", 400, "name: "), ("home-user/bob", 404, "There is no home user named"),
        ("caller/alice", 404, "There is no caller named"), ("tenant/beta", 404, "There is no tenant named"),
        ("consumer/none", 404, "There is no consumer named"),
    ])
    func namesWhatIsMissing(target: String, status: Int, detail: String) async throws {
        let fixture = try await provisioned()
        for (method, body) in [(HTTPRequest.Method.put, #"{"concurrency": 1}"#), (.delete, ""), (.get, "")] {
            let answer = try await fixture.send(method, "/v1/limits/\(target)", body)
            #expect(answer.status == status)
            #expect(AdminProblem(body: Array(answer.text.utf8))?.detail.hasPrefix(detail) == true, "\(answer.text)")
        }
    }

    @Test func isRecordedUnderThePseudonym() async throws {
        let fixture = try await provisioned()
        try await fixture.send(
            .post, "/v1/users", #"{"name": "bob@example.org", "consumer": "app", "token": "t", "token_secret": "s"}"#)
        let (tenant, bob) = (try #require(TenantName("acme")), try #require(HomeUserName("bob@example.org")))
        let pseudonym = try #require(fixture.journal.names.user(fixture.store.snapshot.homeUser(bob, in: tenant)))
        let before = fixture.journal.events.count
        try await fixture.send(.put, "/v1/limits/home-user/bob%40example.org", Self.full)
        try await fixture.send(.delete, "/v1/limits/home-user/bob%40example.org")
        try await fixture.send(.put, "/v1/limits/home-user/bob%40example.org", #"{"rate": "never"}"#)
        let events = fixture.journal.events.dropFirst(before)
        #expect(events.map(\.action) == [.change, .change, .remove, .remove, .change, .change])
        #expect(events.map(\.result) == [.begun, .done, .begun, .done, .begun, .failed])
        #expect(events.allSatisfy { $0.object == .limits("home-user \(pseudonym.text)") })
        #expect(events.map { $0.new != nil } == [false, true, false, false, false, false])
    }

    @Test func aTenantIsItsOwn() async throws {
        let fixture = try await provisioned()
        let answer = try await fixture.send(.put, "/v1/limits/tenant/acme", #"{"concurrency": 1, "tenant": "beta"}"#)
        #expect(answer.status == 400 && answer.text.contains("tenant: a tenant belongs to no other"))
        try await fixture.send(.post, "/v1/tenants", #"{"name": "beta"}"#)
        // Among several tenants a user needs one named, a tenant does not.
        #expect(try await fixture.send(.put, "/v1/limits/tenant/beta", #"{"concurrency": 1}"#).status == 200)
        #expect(try await fixture.send(.put, "/v1/limits/home-user/alice", #"{"concurrency": 1}"#).status == 400)
        #expect(
            try await fixture.send(
                .put, "/v1/limits/home-user/alice", #"{"concurrency": 1, "tenant": "acme"}"#
            ).status == 200)
    }
}
