// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The catalogue as rows, for people and for programs.
package struct RouteTable: Sendable {
    private let routes: [Route]

    package init(_ catalogue: RouteCatalogue) {
        routes = catalogue.routes
    }

    private static let titles = [
        "ROUTE", "METHOD", "PATH", "SIGNED BY", "ACCESS", "SUCCESS", "ATTESTED", "SECRETS", "ALSO",
    ]

    /// Aligned columns under one line of titles; each line ends with a line feed and has no trailing spaces.
    package func text() -> String {
        let rows = [Self.titles] + routes.map(Self.cells)
        let widths = Self.titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.reduce(into: "") { text, row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
    }

    /// One JSON object a line.
    package func jsonLines() -> [UInt8] {
        var out: [UInt8] = []
        for route in routes {
            Self.json(route).write(to: &out)
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    private static func cells(_ route: Route) -> [String] {
        let inRequest = route.requestSchema?.secrets ?? []
        let secrets = inRequest.map { "request:\($0)" } + route.secretsInAnswer.map { "answer:\($0)" }
        return [
            route.identifier, route.method, route.template, route.signer.words, route.access.rawValue,
            route.successCodes.map(String.init).joined(separator: ","), route.confidence.words,
            secrets.isEmpty ? "-" : secrets.joined(separator: ","),
            route.aliases.isEmpty ? "-" : route.aliases.joined(separator: ","),
        ]
    }

    private static func json(_ route: Route) -> OrderedJSON {
        .object([
            ("route", .string(route.identifier)),
            ("method", .string(route.method)),
            ("path", .string(route.template)),
            ("aliases", .strings(route.aliases)),
            ("query", .strings(route.queryNames)),
            ("signed_by", .string(route.signer.rawValue)),
            ("access", .string(route.access.rawValue)),
            ("success", .array(route.successCodes.map(OrderedJSON.integer))),
            ("confidence", .string(route.confidence.rawValue)),
            ("attested", .string(route.confidence.words)),
            ("validated", .bool(route.requestSchema != nil)),
            ("secrets_in_request", .strings(route.requestSchema?.secrets ?? [])),
            ("secrets_in_answer", .strings(route.secretsInAnswer)),
        ])
    }
}
