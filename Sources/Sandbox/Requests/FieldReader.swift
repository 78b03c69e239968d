// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// Reads the members of one body and collects everything that is wrong with them.
///
/// The service coerces between text, numbers and booleans, and so does this reader. Messages are worded as the
/// service words them: the member's name as a phrase, then the complaint; several are joined by commas.
struct FieldReader {
    private let fields: RequestFields
    private var problems: [String] = []

    init(_ fields: RequestFields) { self.fields = fields }

    mutating func text(_ name: String, required: Bool = false) -> String? {
        switch fields[name] {
        case .string(let text) where !text.allSatisfy(\.isWhitespace): return text
        case .number(let text): return text
        case .bool, .array, .object: complain(name, "is invalid")
        case nil, .null, .string: if required { complain(name, "can't be blank") }
        }
        return nil
    }

    mutating func integer(_ name: String, required: Bool = false) -> Int? {
        guard let text = text(name, required: required) else { return nil }
        if let value = DecimalText(text)?.integer { return value }
        complain(name, DecimalText(text) == nil ? "is not a number" : "must be an integer")
        return nil
    }

    mutating func decimal(_ name: String) -> DecimalText? {
        guard let text = text(name) else { return nil }
        if let value = DecimalText(text) { return value }
        complain(name, "is not a number")
        return nil
    }

    mutating func flag(_ name: String) -> Bool? {
        switch fields[name] {
        case nil, .null: return nil
        case .bool(let value): return value
        case .string("true"), .string("1"), .number("1"): return true
        case .string("false"), .string("0"), .number("0"), .string(""): return false
        default:
            complain(name, "is invalid")
            return nil
        }
    }

    mutating func choice(_ name: String, of words: [String], required: Bool = false) -> String? {
        guard let text = text(name, required: required) else { return nil }
        if words.contains(text) { return text }
        complain(name, "is not included in the list")
        return nil
    }

    mutating func date(_ name: String) -> CalendarDate? {
        guard let text = text(name, required: true) else { return nil }
        if let date = CalendarDate(text) { return date }
        complain(name, "is invalid")
        return nil
    }

    mutating func complain(_ name: String, _ complaint: String) {
        problems.append("\(Self.phrase(name)) \(complaint)")
    }

    mutating func complain(_ sentence: String) { problems.append(sentence) }

    func finish() throws(APIFailure) {
        if !problems.isEmpty { throw .invalid(problems.joined(separator: ", ")) }
    }

    /// `account_number` reads "Account number".
    private static func phrase(_ name: String) -> String {
        let words = name.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
