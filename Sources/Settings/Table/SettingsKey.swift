// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One key of the configuration: its name, its meaning, and how it goes in and out of `GatewaySettings`.
package struct SettingsKey: Sendable {
    /// As written in messages: `upstream.base_url`.
    package let path: String

    /// What the key is for, in one sentence.
    package let summary: String

    /// Completes the sentence "expected ...".
    package let expectation: String

    /// The value in effect, as JSON text.
    package let text: @Sendable (GatewaySettings) -> String

    /// Writes what was given; the answer is the complaint, if any. Nothing is written then.
    let apply: @Sendable (SettingInput, inout GatewaySettings) -> String?

    init<Value: Sendable>(
        _ path: String,
        _ keyPath: any WritableKeyPath<GatewaySettings, Value> & Sendable,
        _ format: SettingFormat<Value>,
        _ summary: String
    ) {
        self.init(path, \.self, keyPath, format, summary)
    }

    /// For sections of one shape that stand in several places.
    init<Section, Value: Sendable>(
        _ path: String,
        _ section: any WritableKeyPath<GatewaySettings, Section> & Sendable,
        _ field: any WritableKeyPath<Section, Value> & Sendable,
        _ format: SettingFormat<Value>,
        _ summary: String
    ) {
        self.path = path
        self.summary = summary
        expectation = format.expectation
        text = { format.write($0[keyPath: section][keyPath: field]) }
        apply = { input, settings in
            guard let value = format.parse(input) else {
                return "expected \(format.expectation)" + (format.isShown ? ", found \(input.shown)" : "")
            }
            settings[keyPath: section][keyPath: field] = value
            return nil
        }
    }

    /// `WEGO_GATEWAY_UPSTREAM_BASE_URL` for `upstream.base_url`.
    package var environmentName: String {
        Self.environmentPrefix + path.replacing(".", with: "_").uppercased()
    }

    package static let environmentPrefix = "WEGO_GATEWAY_"
}
