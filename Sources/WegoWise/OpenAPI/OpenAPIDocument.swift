// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// An OpenAPI 3.1 description of the data plane, made from the catalogue.
///
/// The same catalogue, mode and version always give the same bytes.
package struct OpenAPIDocument: Sendable {
    private let catalogue: RouteCatalogue
    private let mode: ValidationMode
    private let version: String

    /// Bodies are described as `mode` checks them. `version` is the gateway's own.
    package init(catalogue: RouteCatalogue, mode: ValidationMode, version: String) {
        self.catalogue = catalogue
        self.mode = mode
        self.version = version
    }

    package func bytes() -> [UInt8] {
        var out: [UInt8] = []
        tree.write(to: &out)
        out.append(UInt8(ascii: "\n"))
        return out
    }

    private var tree: OrderedJSON {
        .object([
            ("openapi", "3.1.0"),
            ("info", info),
            ("servers", [["url": "/"]]),
            ("security", [["bearerAuth": []]]),
            ("tags", .array(Self.tags)),
            ("paths", paths),
            ("components", components),
        ])
    }

    private var info: OrderedJSON {
        [
            "title": "WegoWise gateway",
            "version": .string(version),
            "description": """
            Plain JSON calls in, calls of the WegoWise API signed with OAuth 1.0 out. Statuses, header fields and \
            bodies of WegoWise pass unchanged. HEAD is answered wherever GET is, but for the callback. The extension \
            x-confidence tells how well a route of WegoWise is attested, x-aliases under which other paths it may be called.
            """,
            "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
        ]
    }

    private static let tags: [OrderedJSON] = [
        ["name": "gateway", "description": "The gateway's own operations"],
        ["name": "oauth", "description": "Whose token it is"],
        ["name": "wego_home", "description": "Home users with one building each"],
        ["name": "wego_data", "description": "Data-only accounts"],
        ["name": "wego_pro", "description": "Portfolios"],
        ["name": "legacy", "description": "Older paths"],
        ["name": "public", "description": "Sent unsigned"],
    ]

    /// Operations grouped by path, in the order of the catalogue.
    private var paths: OrderedJSON {
        var order: [String] = []
        var items: [String: [(String, OrderedJSON)]] = [:]
        let forwarded = catalogue.routes.map { (ForwardedOperation($0, mode: mode).path, $0.method, operation(of: $0)) }
        for (path, method, operation) in GatewayOperations.all + forwarded {
            if items[path] == nil { order.append(path) }
            items[path, default: []].append((method.lowercased(), operation))
        }
        return .object(order.map { ($0, .object(items[$0] ?? [])) })
    }

    private func operation(of route: Route) -> OrderedJSON {
        ForwardedOperation(route, mode: mode).json
    }

    private var components: OrderedJSON {
        .object([
            ("securitySchemes", ["bearerAuth": Self.bearer]),
            ("parameters", SharedComponents.parameters),
            ("headers", SharedComponents.headers),
            ("responses", SharedComponents.responses),
            ("schemas", schemas),
        ])
    }

    private static let bearer: OrderedJSON = [
        "type": "http", "scheme": "bearer", "bearerFormat": "wgk_<id>_<secret>",
        "description": "A caller key, as 'wego-gateway caller add' prints it.",
    ]

    private var schemas: OrderedJSON {
        var members = SharedComponents.schemas
        var seen: Set<String> = []
        for schema in catalogue.routes.compactMap(\.requestSchema) where seen.insert(schema.name).inserted {
            members.append((schema.name, schema.json(mode: mode)))
        }
        return .object(members)
    }
}
