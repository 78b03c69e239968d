// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Custody

/// Builds the target of an admin request. Names come from arguments, so every byte but the unreserved ones is escaped.
enum AdminTarget {
    /// Refuses path segments that are no names: an empty one would make the target that of another operation.
    static func checked(path: [String], query: [(String, String?)]) throws(AdminProblem) -> String {
        if let wrong = path.first(where: { HomeUserName($0) == nil }) {
            throw .invalid("name: \"\(wrong.prefix(80))\" is no name; expected \(nameGrammar).")
        }
        return text(path: path, query: query)
    }

    static func text(path: [String], query: [(String, String?)]) -> String {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(escape($0))" } }
        return "/v1/" + path.map(escape).joined(separator: "/")
            + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    private static func escape(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default:
                out += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)
}
