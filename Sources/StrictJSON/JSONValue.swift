// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One value of a parsed document, with the bytes it was written in.
package struct JSONValue: Sendable {
    package enum Kind: Sendable {
        case null
        case bool(Bool)
        /// The number as written. No rounding happens here: who needs a value converts it and decides what to lose.
        case number(text: String)
        case string(String)
        case array([JSONValue])
        /// Members in the order of the document; names are unique.
        case object([(key: String, value: JSONValue)])
    }

    package let kind: Kind

    /// Where the value stands in the document's bytes, without surrounding white space.
    package let range: Range<Int>

    package init(kind: Kind, range: Range<Int>) {
        self.kind = kind
        self.range = range
    }

    /// The member of an object; nil when there is none or this is no object.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = kind else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }
}

extension JSONValue {
    package var string: String? {
        if case .string(let text) = kind { text } else { nil }
    }

    package var members: [(key: String, value: JSONValue)]? {
        if case .object(let members) = kind { members } else { nil }
    }

    package var elements: [JSONValue]? {
        if case .array(let elements) = kind { elements } else { nil }
    }

    /// What a person calls this kind of value; for error messages.
    package var typeName: String {
        switch kind {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
