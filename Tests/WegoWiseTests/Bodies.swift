// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON
import Testing

@testable import WegoWise

/// Bodies put together member by member; values are JSON texts.
struct Body: CustomTestStringConvertible, Sendable {
    var members: [(name: String, json: String)]

    init(_ members: [(String, String)]) { self.members = members.map { (name: $0.0, json: $0.1) } }

    /// Every known member with a good value.
    init(goodFor schema: RequestSchema) {
        self.init(schema.members.map { ($0.name, Samples.good(for: $0.type)[0]) })
        // Two members of which strict mode wants exactly one.
        self["other_utility_company"] = nil
    }

    subscript(_ name: String) -> String? {
        get { members.first { $0.name == name }?.json }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let json?): members[index].json = json
            case (let index?, nil): members.remove(at: index)
            case (nil, let json?): members.append((name, json))
            case (nil, nil): break
            }
        }
    }

    func with(_ name: String, _ json: String?) -> Body {
        var copy = self
        copy[name] = json
        return copy
    }

    var text: String { "{" + members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}" }
    var testDescription: String { text }

    func report(
        _ route: Route, _ mode: ValidationMode = .lenient, meterType: MeterType? = nil
    ) throws -> ValidationReport {
        let document = try JSONDocument.parse(Array(text.utf8))
        return RequestValidation.validate(document, for: route, mode: mode, meterType: meterType)
    }
}

/// Values for each type of member, as JSON texts.
enum Samples {
    static func good(for type: MemberType) -> [String] {
        switch type {
        case .text: ["\"text\"", "\"\"", "\" \""]
        case .textNotBlank: ["\"text\"", "\" x \"", "\"é\""]
        case .integer(let form):
            ["\(form.range.lowerBound)", "\(form.range.upperBound)", "\(form.range.lowerBound).0"]
        case .decimal: ["\"12.50\"", "12.5", "-1", "\"-3\"", "0", "1e3", "999999999999.5", "\"999999999999.99\""]
        case .boolean: ["true", "false"]
        case .date: ["\"2014-02-28\"", "\"2016-02-29\""]
        case .word(let words, let anyLetterCase):
            (anyLetterCase ? words + words.map { $0.lowercased() } + words.map { $0.uppercased() } : words)
                .map(JSONText.quoted)
        case .integerOrWord(let form, let words):
            ["\(form.range.upperBound)", "\"\(form.range.lowerBound)\""] + words.map(JSONText.quoted)
        }
    }

    /// Accepted in lenient mode only.
    static func goodInLenient(for type: MemberType) -> [String] {
        switch type {
        case .integer(let form) where !form.isTextAlwaysAllowed: ["\"\(form.range.upperBound)\"", "\"0\""]
        case .boolean: ["\"true\"", "\"false\""]
        default: []
        }
    }

    static func wrong(for type: MemberType) -> [String] {
        let containers = ["[]", "{}", "[1]", "{\"a\":1}"]
        switch type {
        case .text: return containers + ["1", "true"]
        case .textNotBlank: return containers + ["1", "false", "\"\"", "\" \\t\\n\"", "\"\\u00a0\\u2003\""]
        case .integer(let form):
            return containers + [
                "true", "1.5", "-1", "1e30", "\(form.range.upperBound + 1)", "\"two\"", "\"\"", "\" 2\"", "\"+2\"",
                "\"2.0\"", "\"-1\"", "\"٢\"", "\"\(form.range.upperBound + 1)\"", "\"99999999999999999999\"", "1e400",
            ]
        case .decimal:
            return containers + [
                "true", "1e12", "-1e12", "1e400", "\"\"", "\"1,000\"", "\"$5\"", "\"1e3\"", "\"+1\"", "\".5\"",
                "\"5.\"",
                "\"1.2.3\"", "\"--1\"", "\"-\"", "\"1000000000000\"", "\"1 \"", "\"1\\n\"", "\"١\"",
            ]
        case .boolean: return containers + ["0", "1", "\"yes\"", "\"True\"", "\"\"", "\"1\""]
        case .date:
            return containers + [
                "20140228", "\"\"", "\"2014-2-28\"", "\"28.02.2014\"", "\"2014-02-28T00:00:00Z\"", "\"2014-02-29\"",
            ]
        case .word(let words, let anyLetterCase):
            let otherCase = anyLetterCase ? [] : [words[0].uppercased() + "X", Self.swapped(words[0])]
            return containers + ["1", "true", "\"\"", "\"nonsense\"", "\" \(words[0])\""]
                + otherCase.map(JSONText.quoted)
        case .integerOrWord: return containers + ["10", "-1", "1.5", "\"gold\"", "\"\"", "true"]
        }
    }

    private static func swapped(_ word: String) -> String {
        word == word.lowercased() ? word.uppercased() : word.lowercased()
    }
}

/// A member of a route's schema, for tables.
struct MemberCase: CustomTestStringConvertible, Sendable {
    let route: Route
    let member: SchemaMember
    var testDescription: String { "\(route.identifier) \(member.name)" }

    static let routes = RouteCatalogue.standard.routes.filter { $0.requestSchema != nil }

    static let all = routes.flatMap { route in
        (route.requestSchema?.members ?? []).map { MemberCase(route: route, member: $0) }
    }
}
