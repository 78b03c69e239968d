// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import StrictJSON

extension UpstreamAccount {
    /// Of one value, in bytes; custody takes no more.
    static let maximumLength = 256

    /// Reads the answer to `GET /oauth/user`. Ids are strings there and numbers elsewhere, so both are taken. What cannot be
    /// read with certainty is left out.
    init(answer body: some Collection<UInt8>) {
        self.init()
        guard let root = try? JSONDocument.parse(Array(body)).root else { return }
        id = root["id"].flatMap(Self.text)
        username = root["username"].flatMap { $0.string.flatMap(Self.label) }
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value.kind {
        case .string(let text), .number(let text): label(text)
        default: nil
        }
    }

    private static func label(_ text: String) -> String? {
        guard (1...maximumLength).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        return text
    }
}
