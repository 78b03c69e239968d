// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON
import Testing

@testable import WegoWise

struct RouteOverrideTests {
    private static func match(_ catalogue: RouteCatalogue, _ method: String, _ path: String) -> String? {
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if case .known(let route) = catalogue.match(method: method, segments: segments) { return route.identifier }
        return nil
    }

    private static func overrides(_ json: String) throws -> [RouteOverride] {
        try RouteOverride.list(JSONDocument.parse(Array(json.utf8)).root)
    }

    private static func error(_ json: String) throws -> RouteOverrideError? {
        do {
            _ = try RouteCatalogue.standard.applying(overrides: overrides(json))
            return nil
        } catch let error as RouteOverrideError {
            return error
        }
    }

    @Test func readsOnePathOrSeveral() throws {
        let json = #"{"a.b":"/api/v1/x","c.d":["/api/v1/y","/api/v1/z"]}"#
        #expect(
            try Self.overrides(json) == [
                RouteOverride("a.b", "/api/v1/x"), RouteOverride("c.d", "/api/v1/y", aliases: ["/api/v1/z"]),
            ])
        #expect(try Self.overrides("{}") == [])
    }

    @Test func changesThePrimaryPathAndKeepsTheOldOnes() throws {
        let json = #"{"wego_home.users.create":["/api/v1/wego_home/people.json","/api/v1/wego_home/p-1"]}"#
        let catalogue = try RouteCatalogue.standard.applying(overrides: Self.overrides(json))
        let route = try #require(catalogue.route("wego_home.users.create"))
        #expect(route.template == "/api/v1/wego_home/people.json")
        #expect(route.aliases == ["/api/v1/wego_home/p-1", "/api/v1/wego_home/users", "/api/v1/wego_home/user"])
        for path in route.spellings { #expect(Self.match(catalogue, "POST", path) == "wego_home.users.create") }
        #expect(Self.match(catalogue, "DELETE", "/api/v1/wego_home/users") == "wego_home.users.destroy")
        #expect(route.requestSchema?.name == "NewHomeUser")
        #expect(route.secretsInAnswer == ["oauth_token_key", "oauth_token", "oauth_token_secret"])
        #expect(catalogue.routes.count == RouteCatalogue.standard.routes.count)
    }

    @Test func anAliasCanBecomeThePrimaryPath() throws {
        let catalogue = try RouteCatalogue.standard.applying(
            overrides: Self.overrides(#"{"wego_home.building.create":"/api/v1/wego_home/buildings"}"#))
        let route = try #require(catalogue.route("wego_home.building.create"))
        #expect(route.spellings == ["/api/v1/wego_home/buildings", "/api/v1/wego_home/building"])
    }

    @Test func noOverridesChangeNothing() throws {
        #expect(try RouteCatalogue.standard.applying(overrides: []).routes == RouteCatalogue.standard.routes)
    }

    @Test func wantsAnObject() throws {
        #expect(
            try Self.error("[]").map(String.init(describing:))
                == "upstream.routes: expected an object from route identifiers to paths, found an array")
    }

    /// What is given for `wego_home.meters.list`, and what is said about it.
    @Test(arguments: [
        ("1", "expected a path or an array of paths, the primary one first, found a number"),
        ("[]", "expected a path or an array of paths, the primary one first, found an empty array"),
        (
            #"["/api/v1/m",null]"#,
            "expected a path or an array of paths, the primary one first, found an array with null in it"
        ),
        (#""api/v1/m""#, #"the path "api/v1/m" must begin with a slash"#),
        (#""/api/v1/../x""#, #"the path "/api/v1/../x" has a dot segment"#),
        (#""/api/v1//x""#, #"the path "/api/v1//x" has an empty segment"#),
        (
            #""/api/v1/m?x=1""#,
            #"the path "/api/v1/m?x=1" has a segment with other characters than a-z, 0-9, _, - and ."#
        ),
        (#""/api/v1/{}""#, #"the path "/api/v1/{}" has a variable that is not a word of a-z, 0-9 and _ in braces"#),
        (#""/login/page/x""#, #"the path "/login/page/x" must be below /api/v1/"#),
        (#""/api/v1/{id}""#, #"the path "/api/v1/{id}" must have no variables"#),
        (#"["/api/v1/m","/api/v1/m"]"#, "a path is given twice"),
        (
            #""/api/v1/wego_data/meters""#,
            "GET /api/v1/wego_data/meters would also mean the route wego_data.meters.list"
        ),
    ])
    func tellsWhatIsWrong(value: String, explanation: String) throws {
        let error = try #require(try Self.error(#"{"wego_home.meters.list":\#(value)}"#))
        #expect(error.explanation == explanation)
        #expect(error.key == "upstream.routes.wego_home.meters.list")
        #expect("\(error)" == "\(error.key): \(explanation)")
    }

    @Test func wantsARouteThereIs() throws {
        let error = try Self.error(#"{"wego_home.metres.list":"/api/v1/m"}"#)
        #expect(error == .unknownRoute("wego_home.metres.list"))
        #expect(error?.explanation == "there is no route of this name; 'wego-gateway routes' lists them")
    }

    @Test func wantsTheVariablesInTheirOrder() throws {
        let error = try Self.error(#"{"wego_home.raw_data.delete":"/api/v1/d/{datum_id}/{id}"}"#)
        #expect(error?.explanation.hasSuffix("exactly these variables in this order: {id}, {datum_id}") == true)
    }

    @Test func pathsHaveLimits() throws {
        let many = (0...RouteOverride.maximumPaths).map { "/api/v1/p\($0)" }
        let tooMany = RouteOverride("wego_home.meters.list", many[0], aliases: Array(many.dropFirst()))
        #expect(throws: RouteOverrideError.tooManyPaths("wego_home.meters.list", 9)) {
            try RouteCatalogue.standard.applying(overrides: [tooMany])
        }
        let deep = RouteOverride("wego_home.meters.list", "/api/v1" + String(repeating: "/a", count: 20))
        #expect(throws: RouteOverrideError.self) { try RouteCatalogue.standard.applying(overrides: [deep]) }
        let twice = RouteOverride("wego_home.meters.list", "/api/v1/a")
        #expect(throws: RouteOverrideError.givenTwice("wego_home.meters.list")) {
            try RouteCatalogue.standard.applying(overrides: [twice, twice])
        }
    }
}
