// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One preference of a `Prefer` field, without its parameters (RFC 7240 section 2).
struct Preference: Sendable, Equatable {
    /// In lower case.
    let name: String

    /// Unquoted. Empty for a preference without one, which means the same.
    let value: [UInt8]

    /// The first of this name, which is the one that counts; nil if there is none.
    ///
    /// - Parameter fields: the values of all fields of the name.
    static func first(_ name: String, in fields: [String]) -> Preference? {
        for field in fields {
            for text in split(field.utf8[...], at: UInt8(ascii: ",")) {
                let preference = Preference(split(text, at: UInt8(ascii: ";"))[0])
                if preference.name == name { return preference }
            }
        }
        return nil
    }

    private typealias Text = Substring.UTF8View

    private init(_ text: Text) {
        let equals = text.firstIndex(of: UInt8(ascii: "=")) ?? text.endIndex
        name = String(decoding: Self.trimmed(text[..<equals]), as: UTF8.self).lowercased()
        value = Self.unquoted(Self.trimmed(text[equals...].dropFirst()))
    }

    /// Not inside of quoted strings (RFC 9110 section 5.6.4); one that never ends goes to the end. At least one part.
    private static func split(_ text: Text, at separator: UInt8) -> [Text] {
        var parts: [Text] = []
        var start = text.startIndex
        var (isQuoted, isEscaped) = (false, false)
        for index in text.indices {
            switch text[index] {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isQuoted: isEscaped = true
            case UInt8(ascii: "\""): isQuoted.toggle()
            case separator where !isQuoted:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
        }
        parts.append(text[start...])
        return parts
    }

    /// What is no whole quoted string stays as it is.
    private static func unquoted(_ text: Text) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        guard text.count >= 2, text.first == quote, text.last == quote else { return Array(text) }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in text.dropFirst().dropLast() {
            switch byte {
            case UInt8(ascii: "\\") where !isEscaped: isEscaped = true
            case quote where !isEscaped: return Array(text)
            default:
                bytes.append(byte)
                isEscaped = false
            }
        }
        return isEscaped ? Array(text) : bytes
    }

    private static func trimmed(_ text: Text) -> Text {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var text = text.drop(while: isBlank)
        while text.last.map(isBlank) == true { text.removeLast() }
        return text
    }
}
