// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import WegoWise

/// A body for one route with one thing about it, and what each mode of validation has to make of it.
struct BodyCase: Sendable {
    let call: EndpointCall
    /// For messages.
    let what: String
    let body: String
    /// The pointers of the 422; nil where the call has to go out.
    let lenient: [String]?
    let strict: [String]?

    func expected(in mode: ValidationMode) -> [String]? {
        switch mode {
        case .lenient: lenient
        case .strict: strict
        case .off: nil
        }
    }
}

// MARK: - From the catalogue's schemas

extension BodyCase {
    /// Each member of each schema: missing, null, and with each wrong value its type can have.
    static let all = EndpointCall.all.flatMap { call in
        guard let schema = RouteCatalogue.standard.route(call.route)?.requestSchema, let body = call.body else {
            return [BodyCase]()
        }
        return schema.members.flatMap { cases(of: $0, call, MemberList(body)) }
    }

    private static func cases(of member: SchemaMember, _ call: EndpointCall, _ good: MemberList) -> [BodyCase] {
        let pointer = ["/\(member.name)"]
        // Beside the company that the good bodies name, a second one is a fault of the whole body in strict mode.
        let companies = member.name == "other_utility_company" ? [""] : []
        func with(_ json: String?, _ what: String, lenient: Bool, strict: Bool) -> BodyCase {
            BodyCase(
                call: call, what: "\(member.name) \(what)", body: good.with(member.name, json).text,
                lenient: lenient ? nil : pointer, strict: strict ? nil : pointer + companies)
        }
        var cases: [BodyCase] = []
        switch member.requirement {
        case .always: cases += [nil, "null"].map { with($0, "missing", lenient: false, strict: false) }
        case .strict: cases += [nil, "null"].map { with($0, "missing", lenient: true, strict: false) }
        case .optional: break
        }
        cases += wrong(member.type).map { with($0, $0, lenient: false, strict: false) }
        cases += lax(member.type).map { with($0, $0, lenient: true, strict: false) }
        return cases
    }

    /// What is wrong in both modes.
    private static func wrong(_ type: MemberType) -> [String] {
        let containers = ["[]", #"{"a":1}"#]
        switch type {
        case .text: return containers + ["1", "true"]
        case .textNotBlank: return containers + ["1", "false", "\"\"", "\" \""]
        case .integer: return containers + ["true", "1.5", "-1", "\"two\"", "1e30", "\"99999999999\""]
        case .decimal: return containers + ["true", "\"1,000\"", "\"$5\"", "1e12", "\"1e3\""]
        case .boolean: return containers + ["1", "\"yes\""]
        case .date: return containers + ["20140228", "\"28.02.2014\"", "\"2014-02-30\"", "\"2015-02-29\""]
        case .word(let words, let anyLetterCase):
            return containers + ["1", "true", "\"nonsense\"", "\"\(words[0])x\""]
                + (anyLetterCase ? [] : [swapped(words[0])])
        case .integerOrWord: return containers + ["1.5", "true", "\"gold\""]
        }
    }

    /// What an older page shows, and strict mode does not take.
    private static func lax(_ type: MemberType) -> [String] {
        switch type {
        case .integer(let form) where !form.isTextAlwaysAllowed: ["\"2\""]
        case .boolean: ["\"true\""]
        default: []
        }
    }

    private static func swapped(_ word: String) -> String {
        "\"\(word == word.lowercased() ? word.uppercased() : word.lowercased())\""
    }
}

/// The members of a flat JSON object without commas in its strings but those followed by a blank.
struct MemberList {
    private var members: [(name: String, json: String)] = []

    init(_ object: String) {
        var rest = object.dropFirst().dropLast()
        while let end = rest.firstRange(of: /,(?=")/)?.lowerBound ?? (rest.isEmpty ? nil : rest.endIndex) {
            let member = rest[..<end]
            let colon = member.firstIndex(of: ":") ?? member.endIndex
            members.append((String(member[..<colon].dropFirst().dropLast()), String(member[colon...].dropFirst())))
            rest = rest[end...].dropFirst()
        }
    }

    /// Nil takes the member out.
    func with(_ name: String, _ json: String?) -> MemberList {
        var copy = self
        let index = members.firstIndex { $0.name == name } ?? members.endIndex
        copy.members.replaceSubrange(
            index..<min(index + 1, members.endIndex), with: json.map { [(name: name, json: $0)] } ?? [])
        return copy
    }

    var text: String { "{\(members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ","))}" }
}
