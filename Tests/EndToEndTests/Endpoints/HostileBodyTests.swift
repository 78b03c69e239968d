// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing
import WegoWise

/// Bodies that two readers might understand differently, or that cost one of them dearly.
struct HostileBodyTests {
    struct Hostile: Sendable, CustomTestStringConvertible {
        let name: String
        let body: [UInt8]
        /// Where the problem document says it is.
        let pointer: String

        init(_ name: String, _ text: String, at pointer: String = "") {
            self.init(name, bytes: Array(text.utf8), at: pointer)
        }

        init(_ name: String, bytes: [UInt8], at pointer: String = "") {
            self.name = name
            self.body = bytes
            self.pointer = pointer
        }

        var testDescription: String { name }
    }

    private static let start = Array(#"{"account_number":""#.utf8)
    private static let end = Array(#""}"#.utf8)

    static let all = [
        Hostile("a member twice", #"{"account_number":"1","account_number":"2"}"#, at: "/account_number"),
        Hostile("a member twice, spelled with an escape", #"{"notes":"1","\u006eotes":"2"}"#, at: "/notes"),
        Hostile("a member twice further down", #"{"x":[{"a":1,"b":{"a":1,"a":2}}]}"#, at: "/x/0/b/a"),
        Hostile("65 arrays", bytes: Array(#"{"x":"#.utf8) + nested(65) + Array("}".utf8), at: deep(64)),
        Hostile("100 000 arrays", bytes: Array(#"{"x":"#.utf8) + nested(100_000) + Array("}".utf8), at: deep(64)),
        Hostile(
            "100 000 arrays that never end", bytes: Array(repeating: UInt8(ascii: "["), count: 100_000),
            at: String(repeating: "/0", count: 65)),
        Hostile(
            "100 001 values", "[" + Array(repeating: "1", count: 100_000).joined(separator: ",") + "]", at: "/99999"),
        Hostile("a lone continuation byte", bytes: start + [0x80] + end, at: "/account_number"),
        Hostile("an overlong slash", bytes: start + [0xC0, 0xAF] + end, at: "/account_number"),
        Hostile("a surrogate in UTF-8", bytes: start + [0xED, 0xA0, 0x80] + end, at: "/account_number"),
        Hostile("half a character", bytes: start + [0xE2, 0x82] + end, at: "/account_number"),
        Hostile("UTF-16", bytes: [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]),
        Hostile("a byte order mark", bytes: [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
        Hostile("an unpaired surrogate escape", #"{"account_number":"\ud800"}"#, at: "/account_number"),
        Hostile("a number of 65 digits", #"{"x":\#(String(repeating: "9", count: 65))}"#, at: "/x"),
        Hostile("a number of a million digits", #"{"x":\#(String(repeating: "9", count: 1_000_000))}"#, at: "/x"),
        Hostile("another value behind", #"{"account_number":"1"} {}"#), Hostile("garbage behind", "{}x"),
        Hostile("a zero byte behind", bytes: Array("{}".utf8) + [0]),
        Hostile("a comma too many", #"{"x":[1,]}"#, at: "/x/1"),
        Hostile("a comment", "{/* */}"), Hostile("single quotes", "{'a':1}"), Hostile("NaN", #"{"x":NaN}"#, at: "/x"),
        Hostile("Infinity", #"{"x":Infinity}"#, at: "/x"), Hostile("a leading zero", #"{"x":01}"#, at: ""),
        Hostile("a plus sign", #"{"x":+1}"#, at: "/x"),
        Hostile("a control character", bytes: start + [0x0A] + end, at: "/account_number"),
        Hostile("blanks only", "  "), Hostile("half an object", #"{"account_number":"1""#),
    ]

    private static func nested(_ depth: Int) -> [UInt8] {
        Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
    }

    private static func deep(_ depth: Int) -> String { "/x" + String(repeating: "/0", count: depth) }

    private static let target = "/api/v1/wego_home/meters"

    @Test(arguments: [ValidationMode.lenient, .strict])
    func areRefusedWithTheirPlace(mode: ValidationMode) async throws {
        let gateway = try await SandboxedGateway(
            SandboxState(users: ["alice"]), settings: ["VALIDATION": mode.rawValue])
        for hostile in Self.all {
            let answer = try await gateway.client().send("POST", "/users/alice\(Self.target)", hostile.body)
            let problem = try #require(
                try? JSONDecoder().decode(PointedProblem.self, from: Data(answer.body)), "\(hostile.name)")
            #expect(answer.status == 400 && problem.type.hasSuffix(":malformed-json"), "\(hostile.name)")
            #expect(
                problem.pointer == hostile.pointer, "\(hostile.name): \(problem.pointer.suffix(40)) \(problem.detail)")
        }
        #expect(try await gateway.sandbox.arrivalCount() == 0)
    }

    private struct PointedProblem: Decodable {
        let type: String
        let detail: String
        let pointer: String
    }

    /// Who switches validation off wants to send exactly this; but a creation, whose name must be known, cannot be.
    @Test func goOutUnseenWithoutValidation() async throws {
        let deployment = try await Deployment(settings: ["VALIDATION": "off"])
        for hostile in Self.all {
            let call = Call(
                method: "POST", target: "/users/alice\(Self.target)", headers: [("Content-Type", "application/json")],
                body: hostile.body)
            let (_, record) = try await deployment.forward(call)
            #expect(record.verdict == "ok" && record.body == Data(hostile.body), "\(hostile.name)")
        }
        let creation = Call(
            method: "POST", target: "/users/dora/api/v1/wego_home/users", caller: "acme/developer",
            headers: [("Content-Type", "application/json")], body: Self.all[0].body)
        try expectProblem(await deployment.send(creation), .malformedJSON)
    }
}
