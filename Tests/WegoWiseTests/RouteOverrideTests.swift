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
        let catalogue = try RouteCatalogue.standard.applying(
            overrides: Self.overrides(#"{"wego_home.users.create":["/api/v1/wego_home/people.json","/api/v1/wego_home/p-1"]}"#))
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

    @Test(arguments: [
        ("[]", "upstream.routes: expected an object from route identifiers to paths, found an array"),
        (#"{"wego_home.meters.list":1}"#, "upstream.routes.wego_home.meters.list: expected a path or an array of paths, the primary one first, found a number"),
        (#"{"wego_home.meters.list":[]}"#, "upstream.routes.wego_home.meters.list: expected a path or an array of paths, the primary one first, found an empty array"),
        (#"{"wego_home.meters.list":["/api/v1/m",null]}"#, "upstream.routes.wego_home.meters.list: expected a path or an array of paths, the primary one first, found an array with null in it"),
        (#"{"wego_home.metres.list":"/api/v1/m"}"#, "upstream.routes.wego_home.metres.list: there is no route of this name; 'wego-gateway routes' lists them"),
        (#"{"wego_home.meters.list":"api/v1/m"}"#, "upstream.routes.wego_home.meters.list: the path \"api/v1/m\" must begin with a slash"),
        (#"{"wego_home.meters.list":"/api/v1/../x"}"#, "upstream.routes.wego_home.meters.list: the path \"/api/v1/../x\" has a dot segment"),
        (#"{"wego_home.meters.list":"/api/v1//x"}"#, "upstream.routes.wego_home.meters.list: the path \"/api/v1//x\" has an empty segment"),
        (#"{"wego_home.meters.list":"/api/v1/m?x=1"}"#, "upstream.routes.wego_home.meters.list: the path \"/api/v1/m?x=1\" has a segment with other characters than a-z, 0-9, _, - and ."),
        (#"{"wego_home.meters.list":"/api/v1/{}"}"#, "upstream.routes.wego_home.meters.list: the path \"/api/v1/{}\" has a variable that is not a word of a-z, 0-9 and _ in braces"),
        (#"{"wego_home.meters.list":"/login/page/x"}"#, "upstream.routes.wego_home.meters.list: the path \"/login/page/x\" must be below /api/v1/"),
        (#"{"wego_home.meters.list":"/api/v1/{id}"}"#, "upstream.routes.wego_home.meters.list: the path \"/api/v1/{id}\" must have no variables"),
        (#"{"wego_home.raw_data.delete":"/api/v1/d/{datum_id}/{id}"}"#, "upstream.routes.wego_home.raw_data.delete: the path \"/api/v1/d/{datum_id}/{id}\" must have exactly these variables in this order: {id}, {datum_id}"),
        (#"{"wego_home.meters.list":["/api/v1/m","/api/v1/m"]}"#, "upstream.routes.wego_home.meters.list: a path is given twice"),
        (#"{"wego_home.meters.list":"/api/v1/wego_data/meters"}"#, "upstream.routes.wego_data.meters.list: GET /api/v1/wego_data/meters would also mean the route wego_home.meters.list"),
    ])
    func tellsWhatIsWrong(json: String, message: String) throws {
        let error = try Self.error(json)
        #expect(error.map(String.init(describing:)) == message)
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
