// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON
import Testing

@testable import WegoWise

/// Every schema of the catalogue, member by member.
struct RequestSchemaTests {
    @Test(arguments: MemberCase.routes)
    func acceptsGoodBodies(route: Route) throws {
        let schema = try #require(route.requestSchema)
        let good = Body(goodFor: schema)
        for mode in ValidationMode.allCases {
            let report = try good.report(route, mode)
            #expect(report.faults == [], "\(mode)")
        }
        #expect(try good.with("something_else", "{\"a\":[1]}").report(route, .strict).faults == [])
    }

    @Test(arguments: MemberCase.all)
    func acceptsEveryGoodValue(item: MemberCase) throws {
        let good = Body(goodFor: try #require(item.route.requestSchema))
        for value in Samples.good(for: item.member.type) {
            let body = Self.consistent(good.with(item.member.name, value), item.member.name)
            let faults = try body.report(item.route, .strict).faults
            #expect(faults.isEmpty, "\(value)")
        }
        for value in Samples.goodInLenient(for: item.member.type) {
            #expect(try good.with(item.member.name, value).report(item.route, .lenient).faults.isEmpty, "\(value)")
            let faults = try good.with(item.member.name, value).report(item.route, .strict).faults
            #expect(faults.map(\.pointer) == ["/\(item.member.name)"], "\(value)")
        }
    }

    @Test(arguments: MemberCase.all)
    func refusesEveryWrongValue(item: MemberCase) throws {
        let good = Body(goodFor: try #require(item.route.requestSchema))
        for value in Samples.wrong(for: item.member.type) {
            for mode in [ValidationMode.lenient, .strict] {
                let report = try good.with(item.member.name, value).report(item.route, mode)
                #expect(report.faults.first?.pointer == "/\(item.member.name)", "\(value) \(mode)")
                #expect(report.faults.first?.allowed == item.member.type.allowed(isStrict: mode == .strict))
            }
            #expect(try good.with(item.member.name, value).report(item.route, .off) == ValidationReport())
        }
    }

    @Test(arguments: MemberCase.all)
    func wantsRequiredMembers(item: MemberCase) throws {
        let good = Body(goodFor: try #require(item.route.requestSchema))
        for (json, found) in [(nil, "nothing"), ("null", "null")] {
            let body = good.with(item.member.name, json)
            let pointer = "/\(item.member.name)"
            let expected = Fault(
                pointer: pointer, found: found, allowed: item.member.type.allowed(isStrict: false))
            let lenient = try body.report(item.route, .lenient)
            let strict = try body.report(item.route, .strict)
            #expect(lenient.faults.contains(expected) == (item.member.requirement == .always))
            #expect(lenient.warnings.contains(expected) == (item.member.requirement == .strict))
            #expect(strict.faults.contains { $0.pointer == pointer } == (item.member.requirement != .optional))
        }
    }

    /// The last day must not precede the first.
    private static func consistent(_ body: Body, _ name: String) -> Body {
        switch name {
        case "start_date": body.with("end_date", body[name])
        case "end_date": body.with("start_date", body[name])
        case "other_utility_company": body.with("utility_company_id", body[name] == "\"text\"" ? nil : "1")
        case "utility_company_id": body.with("other_utility_company", nil)
        case "username": body.with("password", body[name])
        case "password": body.with("username", body[name])
        default: body
        }
    }

    @Test func everyWritingRouteWithABodyHasASchema() {
        let without = RouteCatalogue.standard.routes.filter { $0.requestSchema == nil && $0.method != "GET" }
        #expect(without.allSatisfy { $0.method == "DELETE" || $0.identifier == "legacy.buildings.update" })
        #expect(RouteCatalogue.standard.routes.filter { $0.method == "GET" }.allSatisfy { $0.requestSchema == nil })
    }

    @Test func passwordsAndLoginsAreSecret() {
        for item in MemberCase.all {
            let isLogin = item.member.name == "username" && item.route.identifier != "wego_home.users.create"
            #expect(item.member.isSecret == (item.member.name == "password" || isLogin), "\(item.testDescription)")
        }
    }

    @Test(arguments: [
        ("wego_home.users.create", 5, 5), ("wego_home.building.create", 3, 23), ("wego_home.meters.create", 1, 1),
        ("wego_home.raw_data.create", 2, 2), ("wego_data.meters.create", 1, 1), ("wego_data.meters.update", 0, 0),
        ("wego_data.utility_logins.create", 3, 3), ("wego_data.utility_logins.update", 0, 0),
    ])
    func countsRequiredMembers(identifier: String, lenient: Int, strict: Int) throws {
        let schema = try #require(RouteCatalogue.standard.route(identifier)?.requestSchema)
        #expect(schema.members.filter { $0.requirement == .always }.count == lenient)
        #expect(schema.members.filter { $0.requirement != .optional }.count == strict)
    }
}
