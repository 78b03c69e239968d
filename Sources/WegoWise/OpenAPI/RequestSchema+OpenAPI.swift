// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension RequestSchema {
    /// A JSON Schema (2020-12) that accepts what validation accepts in this mode, but for rules it cannot say.
    func json(mode: ValidationMode) -> OrderedJSON {
        guard mode != .off else { return [:] }
        let isStrict = mode == .strict
        let required = members.filter { $0.isRequired(isStrict: isStrict) }
        var schema: [(String, OrderedJSON)] = [
            ("type", "object"),
            ("properties", .object(members.map { ($0.name, $0.json(isStrict: isStrict)) })),
        ]
        if !required.isEmpty { schema.append(("required", .strings(required.map(\.name)))) }
        let rules = rules.compactMap { $0.json(isStrict: isStrict) }
        if !rules.isEmpty { schema.append(("allOf", .array(rules))) }
        return .object(schema)
    }
}

extension SchemaMember {
    func isRequired(isStrict: Bool) -> Bool {
        switch requirement {
        case .always: true
        case .strict: isStrict
        case .optional: false
        }
    }

    func json(isStrict: Bool) -> OrderedJSON {
        var forms = type.forms(isStrict: isStrict)
        if !isRequired(isStrict: isStrict) { forms.append([("type", "null")]) }
        var schema: [(String, OrderedJSON)] =
            forms.count == 1 ? forms[0] : [("anyOf", .array(forms.map(OrderedJSON.object)))]
        schema.append(("description", .string(remark(isStrict: isStrict))))
        if isSecret { schema.append(("writeOnly", true)) }
        return .object(schema)
    }

    private func remark(isStrict: Bool) -> String {
        let expectation = "Expected: \(type.allowed(isStrict: isStrict))."
        guard let meterTypes else { return expectation }
        return "\(expectation) For meters of these types: \(meterTypes.map(\.rawValue).joined(separator: ", "))."
    }
}

extension MemberType {
    /// The alternatives, each a schema.
    func forms(isStrict: Bool) -> [[(String, OrderedJSON)]] {
        switch self {
        case .text: [[("type", "string")]]
        case .textNotBlank: [[("type", "string"), ("pattern", "\\S")]]
        case .integer(let form): form.forms(withText: form.isTextAlwaysAllowed || !isStrict)
        case .decimal:
            [
                [
                    ("type", "number"), ("exclusiveMinimum", .integer(-DecimalForm.limit)),
                    ("exclusiveMaximum", .integer(DecimalForm.limit)),
                ],
                [("type", "string"), ("pattern", .string(DecimalForm.pattern))],
            ]
        case .boolean: [[("type", "boolean")]] + (isStrict ? [] : [[("enum", ["true", "false"])]])
        case .date: [[("type", "string"), ("format", "date"), ("pattern", .string(CalendarDay.pattern))]]
        case .word(let words, let anyLetterCase):
            anyLetterCase
                ? [[("type", "string"), ("pattern", .string(Self.pattern(words)))]] : [[("enum", .strings(words))]]
        case .integerOrWord(let form, let words): form.forms(withText: true) + [[("enum", .strings(words))]]
        }
    }

    /// ECMA-262 has no way to ignore letter case inside a pattern.
    private static func pattern(_ words: [String]) -> String {
        let alternatives = words.map { word in
            word.map { "[\($0.uppercased())\($0.lowercased())]" }.joined()
        }
        return "^(\(alternatives.joined(separator: "|")))$"
    }
}

extension IntegerForm {
    fileprivate func forms(withText: Bool) -> [[(String, OrderedJSON)]] {
        let number: [(String, OrderedJSON)] = [
            ("type", "integer"), ("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound)),
        ]
        return [number] + (withText ? [[("type", "string"), ("pattern", .string(pattern))]] : [])
    }
}

extension SchemaRule {
    /// Nil for what JSON Schema cannot say, and for what is only a warning.
    fileprivate func json(isStrict: Bool) -> OrderedJSON? {
        switch self {
        case .either(let first, let second):
            isStrict ? .object([("oneOf", Self.given([first, second]))]) : nil
        case .together(let first, let second):
            isStrict ? Self.allOrNone(Self.given([first, second])) : nil
        case .usageOrCost(let usage, let cost): .object([("anyOf", Self.given(usage + [cost]))])
        case .order, .advised: nil
        }
    }

    private static func allOrNone(_ given: OrderedJSON) -> OrderedJSON {
        .object([("anyOf", .array([.object([("allOf", given)]), .object([("not", .object([("anyOf", given)]))])]))])
    }

    private static func given(_ names: [String]) -> OrderedJSON { .array(names.map(given)) }

    /// There, and neither null nor blank.
    private static func given(_ name: String) -> OrderedJSON {
        .object([("required", [.string(name)]), ("properties", .object([(name, nonBlank)]))])
    }

    private static let nonBlank: OrderedJSON = [
        "not": ["anyOf": [["type": "null"], ["type": "string", "pattern": "^\\s*$"]]]
    ]
}
