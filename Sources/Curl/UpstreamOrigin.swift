// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// The one server a gateway speaks to: scheme, host and port (RFC 6454), nothing else.
package struct UpstreamOrigin: Sendable, Equatable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case http, https
    }

    /// Bytes of host and port; a name has at most 253 (RFC 1035 section 2.3.4).
    private static let maximumLength = 260

    package let scheme: Scheme

    /// Lower case; an IPv6 address stands in brackets.
    package let host: String

    /// Nil for the scheme's own port.
    package let port: Int?

    /// `text` is `scheme://host[:port]`, at most with one slash behind it. Plain `http` only to this machine, because
    /// what travels over it can be read and changed by everyone on the way.
    package init?(_ text: String) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count <= Self.maximumLength,
            let scheme = Scheme(rawValue: parts[0].lowercased())
        else { return nil }
        var authority = parts[1]
        if authority.hasSuffix("/") { authority.removeLast() }
        guard let (host, port) = Self.split(authority) else { return nil }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port == (scheme == .https ? 443 : 80) ? nil : port
        if scheme == .http && !isLoopback { return nil }
    }

    package var isLoopback: Bool {
        host == "localhost" || host == "[::1]" || (host.hasPrefix("127.") && isAddress)
    }

    /// The host is an address, so no name needs resolving.
    package var isAddress: Bool {
        host.hasPrefix("[") || Self.isIPv4(host[...])
    }

    package var effectivePort: Int { port ?? (scheme == .https ? 443 : 80) }

    package var description: String { "\(scheme.rawValue)://\(host)" + (port.map { ":\($0)" } ?? "") }

    private static func split(_ authority: Substring) -> (host: Substring, port: Int?)? {
        var host = authority
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            let digits = authority[authority.index(after: colon)...]
            guard isNumeric(digits.utf8), let number = UInt16(digits), number > 0 else { return nil }
            host = authority[..<colon]
            port = Int(number)
        }
        return isName(host) || isIPv4(host) || isIPv6(host) ? (host, port) : nil
    }

    /// A name's last label is not a number: others than this reader take "127.1" and "0x7f.1" for addresses.
    private static func isName(_ host: Substring) -> Bool {
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return !isNumeric(labels.last)
            && labels.allSatisfy { label in
                !label.isEmpty && label.count <= 63 && label.first != UInt8(ascii: "-")
                    && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
                        default: false
                        }
                    }
            }
    }

    private static func isIPv4(_ host: Substring) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, String(host), &address) == 1
    }

    private static func isIPv6(_ host: Substring) -> Bool {
        guard host.hasPrefix("["), host.hasSuffix("]") else { return false }
        var address = in6_addr()
        return inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1
    }

    private static func isNumeric(_ text: Substring.UTF8View?) -> Bool {
        guard let text, let first = text.first else { return false }
        return text.allSatisfy { (0x30...0x39).contains($0) }
            || (first == 0x30 && text.dropFirst().first.map { $0 | 0x20 } == 0x78)
    }
}
