// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The notation of route templates: `/literal/{variable}`.
enum PathTemplate {
    /// Segments of one template; longer ones are refused.
    static let maximumSegments = 16

    enum Segment: Hashable {
        case literal(String)
        case variable(name: String)
    }

    /// A template that breaks the notation is a mistake in the tables, and stops the program.
    static func segments(of template: String) -> [Segment] {
        do throws(PathTemplateError) {
            return try parse(template)
        } catch {
            preconditionFailure("the template \(template) \(error.reason)")
        }
    }

    static func parse(_ template: String) throws(PathTemplateError) -> [Segment] {
        guard template.utf8.first == UInt8(ascii: "/") else { throw PathTemplateError("must begin with a slash") }
        let parts = template.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= maximumSegments else {
            throw PathTemplateError("has more than \(maximumSegments) segments")
        }
        var segments: [Segment] = []
        for part in parts { segments.append(try segment(part)) }
        return segments
    }

    static func variables(of segments: [Segment]) -> [String] {
        segments.compactMap { if case .variable(let name) = $0 { name } else { nil } }
    }

    private static func segment(_ part: Substring) throws(PathTemplateError) -> Segment {
        if part.hasPrefix("{"), part.hasSuffix("}") {
            let name = part.dropFirst().dropLast()
            guard !name.isEmpty, name.utf8.allSatisfy({ isWordByte($0) }) else {
                throw PathTemplateError("has a variable that is not a word of a-z, 0-9 and _ in braces")
            }
            return .variable(name: String(name))
        }
        guard !part.isEmpty else { throw PathTemplateError("has an empty segment") }
        guard part != ".", part != ".." else { throw PathTemplateError("has a dot segment") }
        guard part.utf8.allSatisfy({ isWordByte($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }) else {
            throw PathTemplateError("has a segment with other characters than a-z, 0-9, _, - and .")
        }
        return .literal(String(part))
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

/// Why a text is no path template.
struct PathTemplateError: Error, Hashable {
    /// Goes on from the path: "has an empty segment".
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
