// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// The names of query parameters, as far as a record may hold them: words, not whatever a client put in their place.
enum ParameterNames {
    /// In one record.
    static let maximumCount = 16

    /// Of one name, in bytes.
    static let maximumLength = 40

    /// Stands for names that are none, and for those beyond the limit.
    static let other = "(other)"

    static func recordable(_ query: [Parameter]) -> [String] {
        guard !query.isEmpty else { return [] }
        var names: [String] = []
        for parameter in query {
            let name = isWord(parameter.name) ? String(decoding: parameter.name, as: UTF8.self) : other
            if !names.contains(name) { names.append(name) }
            if names.count > maximumCount { break }
        }
        return names.count > maximumCount ? names.prefix(maximumCount - 1) + [other] : names
    }

    private static func isWord(_ name: [UInt8]) -> Bool {
        (1...maximumLength).contains(name.count)
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "]"):
                    true
                default: false
                }
            }
    }
}
