// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import StrictJSON

/// How an answer of the admin API is shown: for people as text, with `--json` one object a line.
struct EntryOutput {
    let isJSON: Bool

    /// - Parameter columns: the members shown, in order; their names are the headings.
    func list(_ answer: JSONValue, _ member: String, columns: [String]) {
        let entries = answer[member]?.elements ?? []
        if isJSON {
            for entry in entries { line(entry) }
        } else if entries.isEmpty {
            Terminal.write("There are no \(member) yet.\n", to: .errors)
        } else {
            let rows = entries.map { entry in columns.map { Self.text(entry[$0]) } }
            Terminal.write(TextTable(columns.map { $0.replacing("_", with: " ") }, rows: rows).text, to: .output)
        }
    }

    /// One entry, a member a line.
    func show(_ entry: JSONValue) {
        if isJSON { return line(entry) }
        let members = entry.members ?? []
        let width = members.map(\.key.count).max() ?? 0
        for (key, value) in members {
            let name = key.replacing("_", with: " ")
            Terminal.line(name + String(repeating: " ", count: width - name.count + 2) + Self.text(value))
        }
    }

    /// A change that was made: a sentence for people, the entry for programs.
    func done(_ sentence: String, _ entry: JSONTree) {
        if isJSON { return Terminal.write(entry.bytes + [UInt8(ascii: "\n")], to: .output) }
        Terminal.line(sentence)
    }

    func done(_ sentence: String, _ entry: JSONValue) {
        done(sentence, JSONTree(entry))
    }

    private func line(_ value: JSONValue) {
        Terminal.write(JSONTree(value).bytes + [UInt8(ascii: "\n")], to: .output)
    }

    static func text(_ value: JSONValue?) -> String {
        switch value?.kind {
        case .string(let text): text
        case .number(let text): text
        case .bool(let flag): flag ? "yes" : "no"
        case .array(let elements): elements.map { text($0) }.joined(separator: ",")
        case .object, .null, nil: "-"
        }
    }
}
