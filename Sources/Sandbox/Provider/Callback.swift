// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// Where a person goes after the consent page (RFC 5849, 2.1).
enum Callback: Hashable, Sendable {
    /// Nowhere: the page shows the verifier, and the person carries it over.
    case outOfBand
    /// Absolute, `http` or `https`, without user information and fragment.
    case url(String)

    static let maximumByteCount = 2_048

    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if text == "oob" {
            self = .outOfBand
        } else if bytes.count <= Self.maximumByteCount, Self.origin(of: text) != nil, !text.contains("#"),
            bytes.allSatisfy({ (0x21...0x7E).contains($0) && !#""<>\^`{|}"#.utf8.contains($0) })
        {
            self = .url(text)
        } else {
            return nil
        }
    }

    /// Scheme, host and port, fit for a header field.
    var origin: String? {
        guard case .url(let url) = self else { return nil }
        return Self.origin(of: url)
    }

    /// The callback's own query comes first (RFC 5849, 2.2).
    func location(with parameters: [Parameter]) -> String? {
        guard case .url(let url) = self else { return nil }
        let query = String(decoding: FormEncoding.write(parameters), as: UTF8.self)
        guard url.contains("?") else { return url + "?" + query }
        return url + (url.hasSuffix("?") || url.hasSuffix("&") ? "" : "&") + query
    }

    private static func origin(of url: String) -> String? {
        for scheme in ["http://", "https://"] where url.lowercased().hasPrefix(scheme) {
            let authority = url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
            let isPlain = authority.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: ".-:[]".utf8.contains(byte)
                }
            }
            return isPlain && authority.first != ":" && !authority.isEmpty ? scheme + authority : nil
        }
        return nil
    }
}
