// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The notation of route templates: `/literal/{variable}`.
enum PathTemplate {
    enum Segment: Hashable {
        case literal(String)
        case variable(name: String)
    }

    /// A template that breaks the notation is a mistake in the tables, and stops the program.
    static func segments(of template: String) -> [Segment] {
        precondition(template.hasPrefix("/"), "the template \(template) must begin with a slash")
        return template.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
            guard segment.hasPrefix("{"), segment.hasSuffix("}") else {
                precondition(isLiteral(segment), "the template \(template) has a segment that is not a plain word")
                return .literal(String(segment))
            }
            return .variable(name: String(segment.dropFirst().dropLast()))
        }
    }

    private static func isLiteral(_ segment: Substring) -> Bool {
        !segment.isEmpty
            && segment.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
