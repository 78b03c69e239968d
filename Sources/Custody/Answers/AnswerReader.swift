// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets
import StrictJSON

/// Takes a credential out of an answer that nobody gets to see.
///
/// Strict JSON is read by pointer. Anything else is searched for the name: it is in the quarantine because it is not what it
/// should be.
struct AnswerReader {
    private let answer: Secret
    private let document: Result<JSONDocument, JSONError>

    private static let maximumOutlineLines = 100

    init(_ answer: Secret) {
        self.answer = answer
        document = answer.expose { bytes in
            Result { () throws(JSONError) in try JSONDocument.parse(Array(bytes)) }
        }
    }

    /// - Parameter member: A JSON pointer (RFC 6901), or the name of a member at the top.
    func secret(at member: String) throws(CustodyError) -> Secret {
        let pointer = member.hasPrefix("/") ? member : "/" + member
        switch document {
        case .success(let document):
            guard let text = document.root.value(at: pointer)?.string else {
                throw .invalid(
                    reason: "The answer has no string at \(pointer). It has: \(outline().joined(separator: "; ")).")
            }
            return Secret(utf8: text)
        case .failure:
            let name = pointer.split(separator: "/").last.map(String.init) ?? ""
            let found = answer.expose { AnswerText(bytes: $0).values(of: name) }
            guard let first = found.first, found.allSatisfy({ $0.isEqual(to: first) }) else {
                throw .invalid(
                    reason: "The answer is not valid JSON, and \"\(name)\" stands in it with "
                        + (found.isEmpty ? "no value." : "different values.")
                        + " Resolve it with the credential itself, if you have it from WegoWise.")
            }
            return first
        }
    }

    /// Where the answer has which kind of value. Member names are shown, values are not.
    func outline() -> [String] {
        switch document {
        case .failure(let error):
            return ["not valid JSON: \(error.reason) at byte \(error.offset) of \(answer.byteCount)"]
        case .success(let document):
            var lines: [String] = []
            document.root.outline(at: "", into: &lines)
            guard lines.count > AnswerReader.maximumOutlineLines else { return lines }
            return lines.prefix(AnswerReader.maximumOutlineLines) + ["and more"]
        }
    }
}

extension JSONValue {
    /// RFC 6901.
    fileprivate func value(at pointer: String) -> JSONValue? {
        var value = self
        for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            if let elements = value.elements {
                guard let index = Int(name), elements.indices.contains(index) else { return nil }
                value = elements[index]
            } else {
                guard let member = value[name] else { return nil }
                value = member
            }
        }
        return value
    }

    fileprivate func outline(at pointer: String, into lines: inout [String]) {
        if let members, !members.isEmpty {
            for (key, value) in members {
                let name = key.replacing("~", with: "~0").replacing("/", with: "~1")
                value.outline(at: pointer + "/" + name, into: &lines)
            }
        } else if let elements, !elements.isEmpty {
            for (index, value) in elements.enumerated() { value.outline(at: "\(pointer)/\(index)", into: &lines) }
        } else {
            let length = string.map { " of \($0.utf8.count) bytes" } ?? ""
            lines.append("\(pointer.isEmpty ? "the whole answer" : pointer): \(typeName)\(length)")
        }
    }
}
