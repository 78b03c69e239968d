// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// A JSON value to be written, members in the order given.
package indirect enum JSONTree: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case string(String)
    case array([JSONTree])
    case object([Member])
    /// JSON text from elsewhere, written as it is. It must be one valid value.
    case verbatim([UInt8])

    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: JSONTree

        package init(_ name: String, _ value: JSONTree) {
            self.name = name
            self.value = value
        }
    }

    package static func members(_ members: KeyValuePairs<String, JSONTree>) -> JSONTree {
        .object(members.map { Member($0.key, $0.value) })
    }

    package static func text(_ string: String?) -> JSONTree {
        string.map { .string($0) } ?? .null
    }

    package static func strings(_ strings: [String]) -> JSONTree {
        .array(strings.map { .string($0) })
    }

    /// On one line, UTF-8.
    package var bytes: [UInt8] {
        var out: [UInt8] = []
        write(to: &out)
        return out
    }

    private func write(to out: inout [UInt8]) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): out.append(contentsOf: "\(value)".utf8)
        case .string(let text): JSONText.append(quoted: text, to: &out)
        case .verbatim(let bytes): out.append(contentsOf: bytes)
        case .array(let elements):
            Self.write(elements, between: "[", "]", to: &out) { element, out in element.write(to: &out) }
        case .object(let members):
            Self.write(members, between: "{", "}", to: &out) { member, out in
                JSONText.append(quoted: member.name, to: &out)
                out.append(contentsOf: ": ".utf8)
                member.value.write(to: &out)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], between opening: String, _ closing: String, to out: inout [UInt8],
        _ write: (Element, inout [UInt8]) -> Void
    ) {
        out.append(contentsOf: opening.utf8)
        for (index, element) in elements.enumerated() {
            if index > 0 { out.append(contentsOf: ", ".utf8) }
            write(element, &out)
        }
        out.append(contentsOf: closing.utf8)
    }
}

extension JSONTree {
    /// What was parsed, to be written elsewhere. Numbers keep their digits.
    package init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .number(let text): self = Int64(text).map { .int($0) } ?? .verbatim(Array(text.utf8))
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { JSONTree($0) })
        case .object(let members): self = .object(members.map { Member($0.key, JSONTree($0.value)) })
        }
    }
}
