// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The one server a gateway speaks to: scheme, host and port (RFC 6454), nothing else.
package struct UpstreamOrigin: Sendable, Equatable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case http, https
    }

    package let scheme: Scheme

    /// Lower case; an IPv6 address stands in brackets.
    package let host: String

    /// Nil for the scheme's own port.
    package let port: Int?

    /// `text` is `scheme://host[:port]`, at most with one slash behind it. Plain `http` only to this machine, because
    /// what travels over it can be read and changed by everyone on the way.
    package init?(_ text: String) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scheme = Scheme(rawValue: parts[0].lowercased()) else { return nil }
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
        host.hasPrefix("[") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    }

    package var effectivePort: Int { port ?? (scheme == .https ? 443 : 80) }

    package var description: String { "\(scheme.rawValue)://\(host)" + (port.map { ":\($0)" } ?? "") }

    private static func split(_ authority: Substring) -> (host: Substring, port: Int?)? {
        var host = authority
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            host = authority[..<colon]
            port = Int(number)
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        let name = isBracketed ? host.dropFirst().dropLast() : host
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"): !isBracketed || byte < 0x67
            case UInt8(ascii: ":"): isBracketed
            default: false
            }
        }
        return name.isEmpty || !allowed ? nil : (host, port)
    }
}
