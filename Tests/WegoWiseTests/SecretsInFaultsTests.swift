// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON
import Testing

@testable import WegoWise

/// What reports say never holds a secret nor anything that could disturb a log or a terminal.
struct SecretsInFaultsTests {
    private static let canary = "8421973650042"

    private static func said(_ report: ValidationReport) -> String {
        var bytes: [UInt8] = []
        report.appendFaults(to: &bytes)
        let warnings = report.warnings.map { "\($0.pointer) \($0.found) \($0.allowed) \($0.sentence)" }
        return String(decoding: bytes, as: UTF8.self) + report.summary + warnings.joined() + String(describing: report)
    }

    /// Each secret member holding the canary in every shape, sound or not, in bodies with and without other faults.
    @Test(arguments: MemberCase.all.filter(\.member.isSecret))
    func secretsAreNotShown(item: MemberCase) throws {
        let good = Body(goodFor: try #require(item.route.requestSchema))
        let shapes = [
            "\"\(Self.canary)\"", Self.canary, "-\(Self.canary)", "[\"\(Self.canary)\"]", "{\"a\":\"\(Self.canary)\"}",
            "{\"\(Self.canary)\":1}",
        ]
        for shape in shapes {
            for body in [good.with(item.member.name, shape), Body([(item.member.name, shape)])] {
                for mode in ValidationMode.allCases {
                    #expect(!Self.said(try body.report(item.route, mode)).contains(Self.canary))
                }
            }
        }
    }

    /// A secret in the wrong place: not in an object, in a container, or in a member nobody knows.
    @Test(arguments: MemberCase.routes)
    func unknownPlacesAreNotShown(route: Route) throws {
        let texts = [
            "\"\(Self.canary)\"", Self.canary, "[\"\(Self.canary)\"]", "{\"user\":{\"password\":\"\(Self.canary)\"}}",
            "{\"\(Self.canary)\":\"\(Self.canary)\"}", "{\"notes\":[\"\(Self.canary)\"],\"sqft\":[\(Self.canary)]}",
        ]
        for text in texts {
            let document = try JSONDocument.parse(Array(text.utf8))
            for mode in ValidationMode.allCases {
                let report = RequestValidation.validate(document, for: route, mode: mode)
                #expect(!Self.said(report).contains(Self.canary))
            }
        }
    }

    @Test func otherValuesAreShownShortened() throws {
        let route = try #require(RouteCatalogue.standard.route("wego_home.building.create"))
        let long = String(repeating: "x", count: 1_000)
        let body = Body([("address", "\"a\""), ("building_type", "\"\(long)\""), ("sqft", "1")])
        #expect(
            try body.report(route).faults.map(\.found)
                == ["the string \"\(String(repeating: "x", count: 40))…\""])
    }

    @Test(arguments: [
        ("a\nb", "a\u{FFFD}b"), ("\u{1B}[31m", "\u{FFFD}[31m"), ("\u{202E}abc", "\u{FFFD}abc"),
        ("\u{2028}", "\u{FFFD}"),
        ("é ü", "é ü"), ("\u{0}", "\u{FFFD}"), ("\u{200B}", "\u{FFFD}"), ("", ""),
    ])
    func shownTextIsPrintable(text: String, shown: String) {
        #expect(ShownText(text).description == shown)
    }
}
