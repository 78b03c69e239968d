// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// A problem document as a client reads it.
struct ProblemText {
    let document: JSONDocument

    init?(_ bytes: [UInt8]) {
        guard let document = try? JSONDocument.parse(bytes) else { return nil }
        self.document = document
    }

    func text(_ name: String) -> String? { document.root[name]?.string }

    var slug: String? {
        text("type").flatMap { type in
            type.hasPrefix("urn:wego-gateway:problem:")
                ? String(type.dropFirst("urn:wego-gateway:problem:".count)) : nil
        }
    }
}
