// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import StrictJSON

/// The members of a request body: a JSON object or a form.
struct RequestFields {
    private var values: [String: JSONValue.Kind] = [:]

    init() {}

    init(json bytes: [UInt8]) throws(APIFailure) {
        guard !bytes.isEmpty else { return }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument.parse(bytes)
        } catch {
            throw .invalid("The body is not JSON: \(error.description)")
        }
        guard let members = document.root.members else { throw .invalid("The body must be a JSON object") }
        for member in members { values[member.key] = member.value.kind }
    }

    /// A repeated name keeps its last value.
    init(form parameters: [Parameter]) {
        for parameter in parameters {
            let name = String(decoding: parameter.name, as: UTF8.self)
            values[name] = .string(String(decoding: parameter.value ?? [], as: UTF8.self))
        }
    }

    subscript(name: String) -> JSONValue.Kind? { values[name] }

    mutating func set(_ name: String, to text: String) { values[name] = .string(text) }
}

extension Optional<JSONValue.Kind> {
    /// Not given, null, or blank text.
    var isAbsent: Bool {
        switch self {
        case nil, .some(.null): true
        case .some(.string(let text)): text.allSatisfy(\.isWhitespace)
        case .some: false
        }
    }
}
