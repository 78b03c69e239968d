// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import StrictJSON

/// The JSON object an operation was sent, read member by member. What is wrong is told by the member's name.
struct AdminBody {
    private let root: JSONValue

    /// - Parameter known: the members the operation understands; others are refused.
    init(_ bytes: [UInt8], known: Set<String>) throws(AdminProblem) {
        do throws(JSONError) {
            root = try JSONDocument.parse(bytes).root
        } catch {
            throw .invalid("The body is no JSON: \(error).")
        }
        guard let members = root.members else { throw .invalid("The body must be a JSON object.") }
        for member in members where !known.contains(member.key) {
            throw .invalid("\(member.key): unknown member; expected \(known.sorted().joined(separator: ", ")).")
        }
    }

    func string(_ name: String) throws(AdminProblem) -> String {
        guard let text = try optionalString(name) else { throw .invalid("\(name): missing.") }
        return text
    }

    func optionalString(_ name: String) throws(AdminProblem) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw .invalid("\(name): expected a string, found \(value.typeName).") }
        return text
    }

    func flag(_ name: String) throws(AdminProblem) -> Bool {
        guard let value = value(name) else { return false }
        guard case .bool(let flag) = value.kind else {
            throw .invalid("\(name): expected true or false, found \(value.typeName).")
        }
        return flag
    }

    /// From here on it is a `Secret`; complaints do not repeat it.
    func secret(_ name: String) throws(AdminProblem) -> Secret {
        guard let value = value(name) else { throw .invalid("\(name): missing.") }
        guard let text = value.string else { throw .invalid("\(name): expected a string.") }
        return Secret(utf8: text)
    }

    func name<Kind>(_ name: String, as kind: Name<Kind>.Type = Name<Kind>.self) throws(AdminProblem) -> Name<Kind> {
        try Name.parse(try string(name), called: name)
    }

    func strings(_ name: String) throws(AdminProblem) -> [String]? {
        guard let value = value(name) else { return nil }
        guard let elements = value.elements else {
            throw .invalid("\(name): expected an array, found \(value.typeName).")
        }
        let strings = elements.compactMap(\.string)
        guard strings.count == elements.count else { throw .invalid("\(name): expected an array of strings.") }
        return strings
    }

    func wholeNumber(_ name: String, _ range: ClosedRange<Int>) throws(AdminProblem) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .number(let text) = value.kind, let number = Int(text), range.contains(number) else {
            throw .invalid("\(name): expected a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    private func value(_ name: String) -> JSONValue? {
        guard let value = root[name] else { return nil }
        if case .null = value.kind { return nil }
        return value
    }
}

extension Name {
    static func parse(_ text: String, called what: String) throws(AdminProblem) -> Name {
        guard let name = Name(text) else {
            throw .invalid("\(what): \(JSONText.quoted(String(text.prefix(80)))) is no name; expected \(nameGrammar).")
        }
        return name
    }
}
