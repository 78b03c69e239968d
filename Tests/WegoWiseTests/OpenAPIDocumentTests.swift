// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON
import TestSupport
import Testing

@testable import WegoWise

struct OpenAPIDocumentTests {
    private static func bytes(_ mode: ValidationMode = .lenient) -> [UInt8] {
        OpenAPIDocument(catalogue: .standard, mode: mode, version: "1.2.3").bytes()
    }

    private static func root(_ mode: ValidationMode = .lenient) throws -> JSONValue {
        try JSONDocument.parse(Array(bytes(mode).dropLast())).root
    }

    /// Path, method, operation.
    private static func operations() throws -> [(path: String, method: String, operation: JSONValue)] {
        let paths = try #require(try root()["paths"]?.members)
        return paths.flatMap { path in (path.value.members ?? []).map { (path.key, $0.key, $0.value) } }
    }

    @Test func isTheSameEveryTime() {
        #expect(Self.bytes() == Self.bytes())
        #expect(Self.bytes().last == UInt8(ascii: "\n"))
    }

    @Test func holdsEveryRouteUnderItsIdentifier() throws {
        let operations = try Self.operations()
        for route in RouteCatalogue.standard.routes {
            let path = (route.signer == .none ? "/public" : "/users/{user}") + route.template
            let found = operations.filter { $0.path == path && $0.method == route.method.lowercased() }
            try #require(found.count == 1)
            #expect(found[0].operation["operationId"]?.string == route.identifier)
            #expect(found[0].operation["x-confidence"]?.string == route.confidence.rawValue)
            #expect((found[0].operation["requestBody"] != nil) == (route.requestSchema != nil))
            for code in route.successCodes { #expect(found[0].operation["responses"]?["\(code)"] != nil) }
        }
        let identifiers = operations.compactMap { $0.operation["operationId"]?.string }
        #expect(identifiers.count == operations.count)
        #expect(Set(identifiers).count == identifiers.count)
        #expect(identifiers.count == RouteCatalogue.standard.routes.count + 6)
    }

    @Test func tellsTheGatewaysRefusals() throws {
        for (path, method, operation) in try Self.operations() where path.hasPrefix("/users/{user}/api/") {
            let statuses = operation["responses"]?.members?.map(\.key) ?? []
            let always = [
                "400", "401", "403", "404", "405", "408", "410", "421", "429", "431", "500", "502", "503", "504",
                "default",
            ]
            #expect(Set(always).isSubset(of: statuses), "\(method) \(path)")
            #expect(Set(["413", "415"]).isSubset(of: statuses) == (method != "get"))
            #expect(statuses.contains("422") == (operation["requestBody"] != nil))
            let isCreation = operation["operationId"]?.string == "wego_home.users.create"
            #expect(statuses.contains("409") == isCreation)
        }
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let root = try Self.root()
        var references: Set<String> = []
        func collect(_ value: JSONValue) {
            for (name, member) in value.members ?? [] {
                if name == "$ref", let target = member.string { references.insert(target) }
                collect(member)
            }
            for element in value.elements ?? [] { collect(element) }
        }
        collect(root)
        #expect(references.count > 20)
        for reference in references {
            let steps = reference.split(separator: "/").dropFirst()
            #expect(steps.reduce(root as JSONValue?) { $0?[String($1)] } != nil, "\(reference)")
        }
    }

    @Test func followsOverrides() throws {
        let catalogue = try RouteCatalogue.standard.applying(
            overrides: [RouteOverride("wego_home.building.show", "/api/v1/wego_home/house")])
        let text = String(
            decoding: OpenAPIDocument(catalogue: catalogue, mode: .off, version: "1").bytes(), as: UTF8.self)
        #expect(text.contains("\"/users/{user}/api/v1/wego_home/house\""))
    }

    @Test(arguments: ValidationMode.allCases)
    func aPublicValidatorAcceptsIt(mode: ValidationMode) async throws {
        let directory = try TemporaryDirectory("openapi")
        let path = try directory.write(String(decoding: Self.bytes(mode), as: UTF8.self), to: "openapi.json")
        #expect(try await PythonCheck.validateOpenAPI(path))
    }

    // MARK: The schemas say what validation does

    /// Reads the document and a file of lines `SCHEMA<tab>BODY`; prints whether each body fits.
    private static let judge = """
        import json, sys
        from jsonschema import Draft202012Validator, FormatChecker
        document = json.load(open(sys.argv[1]))
        checker = FormatChecker(formats=["date"])
        for line in open(sys.argv[2], encoding="utf-8"):
            name, body = line.rstrip("\\n").split("\\t", 1)
            schema = document["components"]["schemas"][name]
            print(Draft202012Validator(schema, format_checker=checker).is_valid(json.loads(body)))
        """

    private struct Judged {
        let route: Route
        let schema: String
        let body: Body
    }

    /// Each member of each schema with every sample, absent, and null; in a full body and in one that has little else.
    private static func cases() throws -> [Judged] {
        var seen: Set<String> = []
        return try MemberCase.all.filter {
            seen.insert("\($0.route.requestSchema?.name ?? "") \($0.member.name)").inserted
        }
        .flatMap { item in
            let schema = try #require(item.route.requestSchema)
            let type = item.member.type
            let good = Body(goodFor: schema)
            let least = Body(
                good.members.filter { member in
                    schema.members.contains { $0.name == member.name && $0.requirement == .always }
                }.map { ($0.name, $0.json) })
            let values: [String?] =
                Samples.good(for: type) + Samples.goodInLenient(for: type) + Samples.wrong(for: type) + [nil, "null"]
            // Python lets `$` match before a final line feed; ECMA-262, which the document goes by, does not.
            let comparable = values.filter { $0?.hasSuffix("\\n\"") != true }
            return comparable.flatMap { value in
                [good, least].map {
                    Judged(route: item.route, schema: schema.name, body: $0.with(item.member.name, value))
                }
            }
        }
    }

    @Test(arguments: [ValidationMode.lenient, .strict])
    func itsSchemasAgreeWithValidation(mode: ValidationMode) async throws {
        let cases = try Self.cases()
        let directory = try TemporaryDirectory("openapi")
        let document = try directory.write(String(decoding: Self.bytes(mode), as: UTF8.self), to: "openapi.json")
        let bodies = try directory.write(
            cases.map { "\($0.schema)\t\($0.body.text)\n" }.joined(), to: "bodies.txt")
        let verdicts = try await PythonCheck.lines(Self.judge, [document, bodies])
        try #require(verdicts.count == cases.count)
        for (item, verdict) in zip(cases, verdicts) {
            let report = try item.body.report(item.route, mode)
            // JSON Schema cannot compare two members.
            let faults = report.faults.filter { !$0.allowed.hasPrefix("a day not before") }
            #expect(faults.isEmpty == (verdict == "True"), "\(item.schema) \(item.body.text) \(report.summary)")
        }
    }
}
