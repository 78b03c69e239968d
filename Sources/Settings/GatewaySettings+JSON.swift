// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

extension GatewaySettings {
    /// Every key with its value in effect, in the shape of the configuration file. Holds no secret: references only.
    package func json(indented: Bool = true) -> String {
        let entries = SettingsTable.keys.map { key in (path: key.path.split(separator: ".")[...], text: key.text(self))
        }
        return Self.object(entries, depth: 1, indented: indented)
    }

    private typealias Entry = (path: ArraySlice<Substring>, text: String)

    private static func object(_ entries: [Entry], depth: Int, indented: Bool) -> String {
        var names: [Substring] = []
        var sections: [Substring: [Entry]] = [:]
        for entry in entries {
            guard let name = entry.path.first else { continue }
            if sections[name] == nil { names.append(name) }
            sections[name, default: []].append((entry.path.dropFirst(), entry.text))
        }
        let members = names.map { name in
            let inner = sections[name] ?? []
            let isLeaf = inner.count == 1 && inner[0].path.isEmpty
            let value = isLeaf ? inner[0].text : object(inner, depth: depth + 1, indented: indented)
            return "\(JSONText.quoted(String(name))): \(value)"
        }
        guard indented else { return "{" + members.joined(separator: ", ") + "}" }
        let margin = String(repeating: "  ", count: depth)
        return "{\n" + members.map { margin + $0 }.joined(separator: ",\n") + "\n" + margin.dropLast(2) + "}"
    }
}
