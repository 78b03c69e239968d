// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import StrictJSON
import Testing

@testable import WegoGatewayCLI

struct OutputTests {
    @Test func alignsColumns() {
        let table = TextTable(["user", "state"], rows: [["alice", "active"], ["b", "-"]])
        #expect(table.text == "USER   STATE\nalice  active\nb      -\n")
    }

    @Test func showsValuesForPeople() throws {
        let value = try parse(
            .members([
                "a": .array([.string("x"), .int(2)]), "b": .bool(true), "c": .null, "d": .verbatim(Array("1.50".utf8)),
            ]))
        #expect(EntryOutput.text(value["a"]) == "x,2")
        #expect(EntryOutput.text(value["b"]) == "yes")
        #expect(EntryOutput.text(value["c"]) == "-")
        #expect(EntryOutput.text(value["d"]) == "1.50")
        #expect(EntryOutput.text(value["absent"]) == "-")
    }

    @Test func explainsSignaturesStepByStep() throws {
        let explanation = try parse(
            .members([
                "method": .string("GET"), "signature_method": .string("HMAC-SHA1"),
                "base_string_uri": .string("https://h/api"), "base_string": .string("GET&https%3A%2F%2Fh%2Fapi&"),
                "parameters": .array([.members(["name": .string("a"), "value": .string("1")])]),
                "header": .string("OAuth oauth_signature=\"<redacted>\""),
            ]))
        let text = SignCommand.Explain.text(explanation)
        #expect(text.contains("\n  a=1\nSignature base string"))
        #expect(text.hasSuffix("  OAuth oauth_signature=\"<redacted>\"\n"))
    }

    @Test(
        arguments: [
            (["users", "alice"], [("tenant", nil)], "/v1/users/alice"),
            (["users", "a@b.c"], [("tenant", "t")], "/v1/users/a%40b.c?tenant=t"),
            (["users", "../x", "?"], [], "/v1/users/..%2Fx/%3F"),
            (["users"], [("tenant", "é&=")], "/v1/users?tenant=%C3%A9%26%3D"),
        ] as [([String], [(String, String?)], String)])
    func namesCannotChangeTheTarget(path: [String], query: [(String, String?)], target: String) {
        #expect(AdminTarget.text(path: path, query: query) == target)
    }
}
