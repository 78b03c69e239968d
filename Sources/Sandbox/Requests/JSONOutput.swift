// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// A JSON value to be written; members keep their order, as the service's examples do.
indirect enum JSONOutput: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    /// Already JSON; numbers with a fraction are written like this.
    case raw(String)
    case array([JSONOutput])
    case object([(name: String, value: JSONOutput)])

    static func optional(_ text: String?) -> JSONOutput { text.map(JSONOutput.string) ?? .null }
    static func optional(_ number: Int?) -> JSONOutput { number.map(JSONOutput.integer) ?? .null }

    var bytes: [UInt8] {
        var out: [UInt8] = []
        write(to: &out)
        return out
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    private func write(to out: inout [UInt8]) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): out.append(contentsOf: String(value).utf8)
        case .raw(let text): out.append(contentsOf: text.utf8)
        case .string(let text): JSONText.append(quoted: text, to: &out)
        case .array(let elements):
            Self.write(elements, between: "[", and: "]", to: &out) { element, out in element.write(to: &out) }
        case .object(let members):
            Self.write(members, between: "{", and: "}", to: &out) { member, out in
                JSONText.append(quoted: member.name, to: &out)
                out.append(UInt8(ascii: ":"))
                member.value.write(to: &out)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], between open: Unicode.Scalar, and close: Unicode.Scalar, to out: inout [UInt8],
        item write: (Item, inout [UInt8]) -> Void
    ) {
        out.append(UInt8(ascii: open))
        for (index, item) in items.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            write(item, &out)
        }
        out.append(UInt8(ascii: close))
    }
}
