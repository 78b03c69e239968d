// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import WegoWise

struct RouteCatalogueTests {
    private let catalogue = RouteCatalogue.standard

    private func match(_ method: String, _ path: String) -> RouteMatch {
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return catalogue.match(method: method, segments: segments)
    }

    private static func example(of template: String, value: String = "17") -> String {
        PathTemplate.segments(of: template).reduce(into: "") { path, segment in
            switch segment {
            case .literal(let text): path += "/" + text
            case .variable: path += "/" + value
            }
        }
    }

    @Test(arguments: RouteCatalogue.standard.routes)
    func matchesItselfAndItsAliases(route: Route) {
        for template in [route.template] + route.aliases {
            #expect(match(route.method, Self.example(of: template)) == .known(route))
            #expect(match(route.method, Self.example(of: template, value: "Ångström & Söhne")) == .known(route))
        }
    }

    @Test(arguments: RouteCatalogue.standard.routes)
    func nothingElseMatchesItsPath(route: Route) {
        let path = Self.example(of: route.template)
        let others = catalogue.routes.filter { $0 != route && ([$0.template] + $0.aliases).contains(route.template) }
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get"] where method != route.method {
            if let other = others.first(where: { $0.method == method }) {
                #expect(match(method, path) == .known(other))
            } else {
                #expect(match(method, path) == .wrongMethod(allowed: (others + [route]).map(\.method).sorted()))
            }
        }
        for near in [path + "/", path + "/more/and/more", path + "x/y/z", "/" + path] {
            if case .known = match(route.method, near) { Issue.record("\(near) must not match") }
        }
    }

    @Test(arguments: [
        "/api/v1/", "/api/v1/wego_home", "/api/v1/wego_home/meters/", "/api/v1/wego_home/meters/1/raw_data/2/3",
        "/api/v1/wego_home/Building", "/api/v1/wego_home/building.json", "/api/v1/wego_home/meters//raw_data",
        "/api/v1/anything/else", "/api/v1/utility_companies/1", "/api/v1/oauth/user",
    ])
    func pathsBelowThePrefixAreUnlisted(path: String) {
        #expect(match("GET", path) == .unlisted)
    }

    @Test(arguments: [
        "/", "/api", "/api/v1", "/api/v2/wego_home/building", "/oauth", "/oauth/user/", "/oauth/user/1",
        "/oauth/request_token", "/oauth/authorize", "/oauth/access_token", "/API/v1/utility_companies", "/login",
        "//api/v1/utility_companies", "/users/alice",
    ])
    func everythingElseIsOutside(path: String) {
        #expect(match("GET", path) == .outside)
    }

    @Test func noSegmentsAreOutside() {
        #expect(catalogue.match(method: "GET", segments: []) == .outside)
    }

    @Test(arguments: [
        ("PUT", "/api/v1/wego_home/building", ["DELETE", "GET", "POST"]),
        ("POST", "/oauth/user", ["GET"]),
        ("GET", "/api/v1/wego_home/meters/1", ["DELETE"]),
        ("GET", "/api/v1/wego_home/user", ["DELETE", "POST"]),
    ])
    func namesTheMethodsThatAreKnown(method: String, path: String, allowed: [String]) {
        #expect(match(method, path) == .wrongMethod(allowed: allowed))
    }
}
