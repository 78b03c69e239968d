// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOHTTP1
import Testing

@testable import Gateway

struct CallWishesTests {
    private static func wishes(_ fields: [(String, String)]) throws -> CallWishes {
        try CallWishes(HTTPHeaders(fields))
    }

    @Test(
        arguments: [
            (["wait=5"], 5), (["wait=0"], 0), (["respond-async, wait=10"], 10), (["return=minimal", "wait = 7 "], 7),
            (["WAIT=3; foo=bar"], 3), (["wait=1, wait=2"], 1), (["handling=lenient"], nil), ([], nil),
            (["wait=3600"], 3600), (["wait=\"5\""], 5), (["wait = \"\\7\""], 7), (["foo=\"a, wait=x\", wait=4"], 4),
            (["foo; bar=\"wait=9, \\\", wait=8\"; baz", "wait=6;x=\"1,2\""], 6), (["foo=\"never ends, wait=3"], nil),
            (["foo;wait=2"], nil), (["waiting=2, , wait=1"], 1),
        ] as [([String], Int?)])
    func readsPreferences(values: [String], wait: Int?) throws {
        let wishes = try Self.wishes(values.map { ("Prefer", $0) })
        #expect(wishes.wait == wait)
    }

    @Test(arguments: [
        "wait", "wait=", "wait=-1", "wait=1.5", "wait=soon", "wait=3601", "wait=99999999999999999999",
        "wait=+5", "wait=\"\"", "wait=\"-1\"", "wait=\"5", "wait=5\"", "wait=\"5\"\"", "wait=\"5\\\"", "wait=\"4000\"",
    ])
    func refusesSillyWaits(value: String) {
        #expect(throws: GatewayError.self) { try Self.wishes([("Prefer", value)]) }
    }

    @Test func readsThePriority() throws {
        #expect(try Self.wishes([("wego-gateway-priority", "batch")]).priority == .batch)
        #expect(try Self.wishes([("Wego-Gateway-Priority", "interactive")]).priority == .interactive)
        #expect(try Self.wishes([]).priority == .interactive)
        for values in [["urgent"], ["Batch"], [""], ["batch", "batch"]] {
            #expect(throws: GatewayError.self) { try Self.wishes(values.map { ("Wego-Gateway-Priority", $0) }) }
        }
    }

    @Test func aWaitIsNeverLongerThanTheLongest() {
        let settings = WaitingSettings(usual: .seconds(2), longest: .seconds(10))
        var wishes = CallWishes()
        #expect(settings.wait(wishes) == .seconds(2))
        wishes.wait = 60
        #expect(settings.wait(wishes) == .seconds(10))
        wishes.wait = 0
        #expect(settings.wait(wishes) == .zero)
    }
}
