// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// Text of unknown origin, made fit for a message: short, on one line, and without characters that hide or reorder
/// what stands around them.
struct ShownText: CustomStringConvertible {
    /// Unicode scalars shown; what is longer ends in an ellipsis.
    static let maximumLength = 40

    let description: String

    init(_ text: String) {
        var shown = ""
        var length = 0
        for scalar in text.unicodeScalars {
            guard length < Self.maximumLength else {
                shown += "…"
                break
            }
            shown.unicodeScalars.append(Self.isPrintable(scalar) ? scalar : "\u{FFFD}")
            length += 1
        }
        description = shown
    }

    var quoted: String { JSONText.quoted(description) }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
