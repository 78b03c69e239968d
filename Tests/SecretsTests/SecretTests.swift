// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets
import Testing

struct SecretTests {
    private let canary = Secret(utf8: "canary")

    private struct Holder {
        let name = "holder"
        let secret: Secret
    }

    @Test func isNotPrintedInAnyWay() {
        let values: [Any] = [
            canary, Holder(secret: canary), [canary], ["key": canary], (canary, 1), Optional(canary) as Any,
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for shown in ["\(value)", String(describing: value), String(reflecting: value), dumped] {
                #expect(shown.contains("<redacted>"))
                #expect(!shown.contains("canary"))
            }
        }
        #expect(canary.description == "<redacted>")
        #expect(canary.debugDescription == "<redacted>")
    }

    @Test func showsNothingInAMirror() {
        #expect(Mirror(reflecting: canary).children.isEmpty)
        #expect(canary.customMirror.children.isEmpty)
    }

    @Test func hidesEveryOtherTypeThatHoldsAKey() {
        for value in [SealingKey.random() as Any, KeyRing.generate().ring, CallerKey.generate()] {
            var dumped = ""
            dump(value, to: &dumped)
            #expect(dumped.contains("<redacted>"))
            #expect(dumped.firstMatch(of: /[0-9a-f]{64}/) == nil)
            #expect("\(value)".firstMatch(of: /[0-9a-f]{64}/) == nil)
        }
    }

    @Test func opensAtOneDoor() {
        #expect(canary.byteCount == 6)
        #expect(canary.expose { Array($0) } == Array("canary".utf8))
        #expect(Secret([1, 2, 3] as [UInt8]).expose { $0.reduce(0, +) } == 6)
    }

    @Test func passesErrorsOnWithTheirType() {
        struct Refusal: Error, Equatable {}
        func refuse() throws(Refusal) -> Int {
            try canary.expose { (_) throws(Refusal) -> Int in throw Refusal() }
        }
        #expect(throws: Refusal()) { try refuse() }
    }

    @Test func mayBeEmpty() {
        let empty = Secret(utf8: "")
        #expect(empty.byteCount == 0)
        #expect(empty.expose { $0.count } == 0)
        #expect(empty.isEqual(to: Secret([] as [UInt8])))
    }

    @Test func comparesContents() {
        #expect(canary.isEqual(to: Secret(utf8: "canary")))
        #expect(!canary.isEqual(to: Secret(utf8: "canarz")))
        #expect(!canary.isEqual(to: Secret(utf8: "canar")))
        // Composed and combined accents are the same text to Swift, and different secrets.
        #expect(!Secret(utf8: "\u{E9}").isEqual(to: Secret(utf8: "e\u{301}")))
    }

    @Test func isRandomWhenAsked() {
        let (one, other) = (Secret.random(byteCount: 32), Secret.random(byteCount: 32))
        #expect(one.byteCount == 32)
        #expect(!one.isEqual(to: other))
    }

    @Test func wipesArrays() {
        var bytes: [UInt8] = [1, 2, 3]
        bytes.wipe()
        #expect(bytes.isEmpty)
    }

    @Test(
        arguments: [
            ([], [], true), ([1], [1], true), ([1], [2], false), ([1, 2], [1, 3], false), ([1], [1, 1], false),
        ] as [([UInt8], [UInt8], Bool)])
    func comparesInConstantTime(left: [UInt8], right: [UInt8], areEqual: Bool) {
        #expect(ConstantTime.areEqual(left, right) == areEqual)
    }
}
