// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON
import Testing

@testable import WegoWise

struct RouteListingTests {
    private let table = RouteTable(.standard)

    @Test func columnsAreAligned() throws {
        let lines = table.text().split(separator: "\n")
        #expect(lines.count == RouteCatalogue.standard.routes.count + 1)
        for title in ["METHOD", "PATH", "SIGNED BY", "ACCESS", "SUCCESS", "ATTESTED", "SECRETS", "ALSO"] {
            let column = try #require(lines[0].ranges(of: title).first?.lowerBound)
            let offset = lines[0].distance(from: lines[0].startIndex, to: column)
            for line in lines {
                let characters = Array(line)
                #expect(characters[offset - 1] == " " && characters[offset] != " ", "\(title) in \(line)")
                #expect(line.last != " ")
            }
        }
    }

    @Test func showsASecretRoute() throws {
        let line = try #require(table.text().split(separator: "\n").first { $0.hasPrefix("wego_home.users.create ") })
        let words = line.split(separator: "  ").map { $0.drop { $0 == " " } }
        #expect(
            words == [
                "wego_home.users.create", "POST", "/api/v1/wego_home/users", "developer", "users", "200",
                "inferred from documented operations",
                "request:password,answer:oauth_token_key,answer:oauth_token,answer:oauth_token_secret",
                "/api/v1/wego_home/user",
            ])
    }

    @Test func everyJSONLineIsAnObject() throws {
        let lines = table.jsonLines().split(separator: UInt8(ascii: "\n"))
        try #require(lines.count == RouteCatalogue.standard.routes.count)
        for (line, route) in zip(lines, RouteCatalogue.standard.routes) {
            let root = try JSONDocument.parse(Array(line)).root
            #expect(root["route"]?.string == route.identifier)
            #expect(root["path"]?.string == route.template)
            #expect(root["aliases"]?.elements?.compactMap(\.string) == route.aliases)
            #expect(root["confidence"]?.string == route.confidence.rawValue)
            #expect(root["secrets_in_answer"]?.elements?.compactMap(\.string) == route.secretsInAnswer)
        }
    }
}
