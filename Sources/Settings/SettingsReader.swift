// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// Makes settings from a file's bytes and the environment; every problem is found in one go.
struct SettingsReader {
    private(set) var settings: GatewaySettings
    private(set) var problems: [SettingsProblem] = []

    private static let keysByPath = Dictionary(uniqueKeysWithValues: SettingsTable.keys.map { ($0.path, $0) })
    private static let keysByVariable = Dictionary(
        uniqueKeysWithValues: SettingsTable.keys.map { ($0.environmentName, $0) })

    init(baseDirectory: String) {
        settings = GatewaySettings(baseDirectory: baseDirectory)
    }

    mutating func read(file bytes: [UInt8]) {
        do throws(JSONError) {
            let root = try JSONDocument.parse(bytes).root
            guard let members = root.members else {
                problems.append(SettingsProblem("", "expected a JSON object, found \(root.typeName)"))
                return
            }
            read(members, below: "")
        } catch {
            let place = error.pointer.split(separator: "/").joined(separator: ".")
            problems.append(SettingsProblem(place, "\(error.reason) at byte \(error.offset)"))
        }
    }

    private mutating func read(_ members: [(key: String, value: JSONValue)], below section: String) {
        for (name, value) in members {
            let path = section.isEmpty ? name : "\(section).\(name)"
            if !name.contains("."), let key = Self.keysByPath[path] {
                apply(.json(value), to: key, named: path)
            } else if !name.contains("."), Self.isSection(path) {
                if let inner = value.members {
                    read(inner, below: path)
                } else {
                    problems.append(SettingsProblem(path, "expected an object, found \(value.typeName)"))
                }
            } else {
                problems.append(Self.unknown(path, "key", among: SettingsTable.keys.map(\.path) + Self.sections))
            }
        }
    }

    private static let sections: [String] = {
        let all = SettingsTable.keys.flatMap { key in
            key.path.indices.filter { key.path[$0] == "." }.map { String(key.path[..<$0]) }
        }
        return Set(all).sorted()
    }()

    private static func isSection(_ path: String) -> Bool { sections.contains(path) }

    /// Variables outside our prefix are nobody's business here. `ignoring` names those the command line reads itself.
    mutating func read(environment: [String: String], ignoring: Set<String>) {
        var strangers: [String] = []
        for (name, text) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(SettingsKey.environmentPrefix) {
            if let key = Self.keysByVariable[name] {
                apply(.text(text), to: key, named: "\(name) (\(key.path))")
            } else if !ignoring.contains(name) {
                strangers.append(name)
            }
        }
        // The root key may itself come from a variable of any name.
        for name in strangers where settings.masterKey != "env:\(name)" {
            problems.append(Self.unknown(name, "environment variable", among: Array(Self.keysByVariable.keys)))
        }
    }

    private mutating func apply(_ input: SettingInput, to key: SettingsKey, named name: String) {
        if let complaint = key.apply(input, &settings) { problems.append(SettingsProblem(name, complaint)) }
    }

    private static func unknown(_ name: String, _ kind: String, among known: [String]) -> SettingsProblem {
        let nearest = SpellingDistance.nearest(to: name, among: known)
        return SettingsProblem(name, "unknown \(kind)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
}
