// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import StrictJSON

extension SettingFormat where Value == Int {
    static func wholeNumber(atLeast least: Int, atMost most: Int = 1_000_000) -> SettingFormat {
        SettingFormat(
            expectation: "a whole number of at least \(least) and at most \(most)",
            parse: { input in
                switch input {
                case .json(let value):
                    guard case .number(let text) = value.kind else { return nil }
                    return Int(text).flatMap { (least...most).contains($0) ? $0 : nil }
                case .text(let text):
                    return Int(text).flatMap { (least...most).contains($0) ? $0 : nil }
                }
            },
            write: { "\($0)" })
    }
}

extension SettingFormat where Value == Duration {
    static func duration(atLeast least: Duration = .milliseconds(1), atMost most: Duration) -> SettingFormat {
        let range = "from \"\(DurationText.write(least))\" to \"\(DurationText.write(most))\""
        return quoted("a duration with its unit (ms, s, m, h, d) \(range), like \"30s\"") { text in
            DurationText.parse(text).flatMap { (least...most).contains($0) ? $0 : nil }
        } write: {
            DurationText.write($0)
        }
    }
}

extension SettingFormat where Value == ByteCount {
    static func size(atLeast least: ByteCount, atMost most: ByteCount) -> SettingFormat {
        quoted("a size with its unit (B, KiB, MiB, GiB) from \"\(least)\" to \"\(most)\", like \"1MiB\"") { text in
            ByteCount(text).flatMap { (least...most).contains($0) ? $0 : nil }
        } write: {
            $0.description
        }
    }
}

extension SettingFormat where Value == Rate {
    static var rate: SettingFormat {
        quoted("a rate, like \"120/min\" (units s, min, h, d)") {
            Rate($0)
        } write: {
            $0.description
        }
    }
}

extension SettingFormat where Value == [Rate] {
    /// An array of strings in the file; separated by commas in the environment.
    static var rates: SettingFormat {
        SettingFormat(
            expectation:
                "an array of at most \(LimitAdjustment.maximumWindows) rates, like [\"5000/d\"], one for each unit "
                + "(s, min, h, d)",
            parse: { input in
                let texts: [String?]
                switch input {
                case .json(let value):
                    guard let elements = value.elements else { return nil }
                    texts = elements.map(\.string)
                case .text(let text):
                    texts = text.split(separator: ",", omittingEmptySubsequences: text.isEmpty).map { String($0) }
                }
                let rates = texts.compactMap { $0.flatMap { Rate($0) } }
                let isWhole = rates.count == texts.count && rates.count <= LimitAdjustment.maximumWindows
                return isWhole && Set(rates.map(\.per)).count == rates.count ? rates : nil
            },
            write: { "[" + $0.map { JSONText.quoted($0.description) }.joined(separator: ", ") + "]" })
    }
}

extension SettingFormat where Value == Bool {
    static var flag: SettingFormat {
        SettingFormat(
            expectation: "true or false",
            parse: { input in
                switch input {
                case .json(let value): if case .bool(let flag) = value.kind { flag } else { nil }
                case .text(let text): Bool(text)
                }
            },
            write: { "\($0)" })
    }
}

extension SettingFormat where Value == LoopbackAddress {
    static var loopbackAddress: SettingFormat {
        quoted("a loopback address with its port, like \"127.0.0.1:8787\" (or [::1], localhost)") {
            LoopbackAddress($0)
        } write: {
            $0.description
        }
    }
}

extension SettingFormat where Value == HTTPOrigin {
    /// A URL may carry a password, so messages do not repeat it.
    static var origin: SettingFormat {
        quoted(
            "https://HOST or https://HOST:PORT without path or user (http only for a loopback host)", isShown: false
        ) {
            HTTPOrigin($0)
        } write: {
            $0.description
        }
    }
}

extension SettingFormat where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static var choice: SettingFormat {
        quoted("one of " + Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")) {
            Value(rawValue: $0)
        } write: {
            $0.rawValue
        }
    }
}

extension SettingFormat where Value == String {
    static var path: SettingFormat {
        quoted("a path") { text in
            text.isEmpty || text.utf8.contains(0) || text.utf8.count > 4_096 ? nil : text
        } write: {
            $0
        }
    }

    /// Somebody may write the key itself here, so messages do not repeat it.
    static var secretReference: SettingFormat {
        quoted("a reference: \"file:PATH\", \"env:NAME\" or \"credential:NAME\"", isShown: false) { text in
            let isReference = ["file:", "env:", "credential:"].contains { text.hasPrefix($0) && text != $0 }
            return isReference && !text.utf8.contains(0) && text.utf8.count <= 4_096 ? text : nil
        } write: {
            $0
        }
    }

    /// A JSON object, in the environment as its text.
    static var routes: SettingFormat {
        SettingFormat(
            expectation: "an object from route identifiers to a path or an array of paths",
            parse: { input in
                switch input {
                case .json(let value): return routes(value)
                case .text(let text):
                    guard let document = try? JSONDocument.parse(Array(text.utf8)) else { return nil }
                    return routes(document.root)
                }
            },
            write: { $0 })
    }

    /// The object written anew with arrays everywhere; nil for anything else.
    private static func routes(_ value: JSONValue) -> String? {
        guard let members = value.members else { return nil }
        var texts: [String] = []
        for (identifier, value) in members {
            let paths = value.string.map { [$0] } ?? value.elements?.map(\.string)
            guard let paths, !paths.contains(where: { $0 == nil }) else { return nil }
            let list = paths.compactMap { $0.map { JSONText.quoted($0) } }.joined(separator: ", ")
            texts.append("\(JSONText.quoted(identifier)): [\(list)]")
        }
        return "{" + texts.joined(separator: ", ") + "}"
    }

    static var callbackURL: SettingFormat {
        quoted("an https URL without fragment (http only for a loopback host)", isShown: false) { text in
            let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            guard isPrintable, let rest = HTTPOrigin.leading(text)?.rest, !rest.contains("#") else { return nil }
            return text
        } write: {
            $0
        }
    }
}

extension SettingFormat where Value == [String] {
    /// An array of strings in the file; separated by commas in the environment.
    static var hosts: SettingFormat {
        SettingFormat(
            expectation: "an array of Host values, like [\"gateway.internal:8787\"]",
            parse: { input in
                let texts: [String?]
                switch input {
                case .json(let value):
                    guard let elements = value.elements else { return nil }
                    texts = elements.map(\.string)
                case .text(let text):
                    texts = text.split(separator: ",", omittingEmptySubsequences: text.isEmpty).map { String($0) }
                }
                let hosts = texts.compactMap { $0.flatMap(host) }
                return hosts.count == texts.count && hosts.count <= 64 ? hosts : nil
            },
            write: { "[" + $0.map { JSONText.quoted($0) }.joined(separator: ", ") + "]" })
    }

    private static func host(_ text: String) -> String? {
        HTTPOrigin.leading("https://\(text)").flatMap { $0.rest.isEmpty ? text.lowercased() : nil }
    }
}

extension SettingFormat where Value == [HTTPOrigin] {
    private static var maximumCount: Int { 64 }

    /// An array of strings in the file; separated by commas in the environment.
    static var origins: SettingFormat {
        SettingFormat(
            expectation:
                "an array of at most 64 origins, like [\"https://app.example\"] (http only for a loopback host)",
            parse: { input in
                let texts: [String?]
                switch input {
                case .json(let value):
                    guard let elements = value.elements else { return nil }
                    texts = elements.map(\.string)
                case .text(let text):
                    texts = text.split(separator: ",", omittingEmptySubsequences: text.isEmpty).map { String($0) }
                }
                let origins = texts.compactMap { $0.flatMap { HTTPOrigin($0) } }
                return origins.count == texts.count && origins.count <= maximumCount ? origins : nil
            },
            write: { "[" + $0.map { JSONText.quoted($0.description) }.joined(separator: ", ") + "]" })
    }
}

extension SettingFormat where Value == String? {
    static var optionalPath: SettingFormat { SettingFormat<String>.path.orNothing() }
    static var optionalCallbackURL: SettingFormat { SettingFormat<String>.callbackURL.orNothing() }
}
