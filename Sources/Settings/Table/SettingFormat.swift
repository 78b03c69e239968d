// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// What was given for a key: a value of the file, or the text of an environment variable.
enum SettingInput {
    case json(JSONValue)
    case text(String)

    /// The string, wherever it came from.
    var string: String? {
        switch self {
        case .json(let value): value.string
        case .text(let text): text
        }
    }

    /// `null` in the file, an empty variable in the environment.
    var isAbsent: Bool {
        switch self {
        case .json(let value): if case .null = value.kind { true } else { false }
        case .text(let text): text.isEmpty
        }
    }

    /// For messages. Long texts are cut: somebody pastes a certificate where its path belongs.
    var shown: String {
        switch self {
        case .json(let value):
            switch value.kind {
            case .string(let text): JSONText.quoted(String(text.prefix(64)))
            case .number(let text): text
            case .bool(let bool): "\(bool)"
            case .null, .array, .object: value.typeName
            }
        case .text(let text): JSONText.quoted(String(text.prefix(64)))
        }
    }
}

/// How values of one kind are written, read and asked for.
struct SettingFormat<Value: Sendable>: Sendable {
    /// Completes the sentence "expected ...".
    let expectation: String
    let parse: @Sendable (SettingInput) -> Value?
    /// As JSON text.
    let write: @Sendable (Value) -> String
    /// False when what was given may be a secret put in the wrong place: messages do not repeat it.
    var isShown = true
}

extension SettingFormat {
    /// A string of the file that `parse` understands.
    static func quoted(
        _ expectation: String, isShown: Bool = true,
        parse: @escaping @Sendable (String) -> Value?, write: @escaping @Sendable (Value) -> String
    ) -> SettingFormat {
        SettingFormat(
            expectation: expectation,
            parse: { $0.string.flatMap(parse) },
            write: { JSONText.quoted(write($0)) },
            isShown: isShown)
    }

    /// The same, or nothing: `null` in the file.
    func orNothing() -> SettingFormat<Value?> {
        SettingFormat<Value?>(
            expectation: "\(expectation), or null",
            parse: { $0.isAbsent ? .some(.none) : parse($0).map { .some($0) } },
            write: { $0.map(write) ?? "null" },
            isShown: isShown)
    }
}
