// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Scheme, host and port of an upstream, and nothing more: no user information, path, query or fragment.
///
/// `http` is accepted for loopback hosts only: signed calls do not cross a network in the clear.
package struct HTTPOrigin: Sendable, Hashable {
    package enum Scheme: String, Sendable {
        case http, https

        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// Lower case; an IPv6 address keeps its brackets.
    package let host: String
    package let port: Int

    package init?(_ text: String) {
        guard let (origin, rest) = Self.leading(text), rest.isEmpty else { return nil }
        self = origin
    }

    init(scheme: Scheme, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// The origin a URL begins with, and what stands behind it (empty, or from `/`, `?` or `#` on).
    static func leading(_ url: String) -> (origin: HTTPOrigin, rest: Substring)? {
        let scheme: Scheme
        if url.hasPrefix("https://") {
            scheme = .https
        } else if url.hasPrefix("http://") {
            scheme = .http
        } else {
            return nil
        }
        let behind = url.dropFirst(scheme.rawValue.utf8.count + 3)
        let authority = behind.prefix { !"/?#".contains($0) }
        guard let (host, port) = hostAndPort(authority), scheme == .https || LoopbackAddress.isLoopback(host: host)
        else { return nil }
        return (HTTPOrigin(scheme: scheme, host: host, port: port ?? scheme.defaultPort), behind[authority.endIndex...])
    }

    private static func hostAndPort(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let number = Quantity(String(authority[authority.index(after: colon)...])), number.unit.isEmpty,
                (1...65_535).contains(number.count)
            else { return nil }
            host = authority[..<colon]
            port = number.count
        }
        return isHost(host) ? (host.lowercased(), port) : nil
    }

    private static func isHost(_ text: Substring) -> Bool {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let inner = isBracketed ? text.dropFirst().dropLast() : text
        guard !inner.isEmpty, inner.utf8.count <= 253 else { return false }
        if isBracketed { return inner.contains(":") && inner.allSatisfy { $0 == ":" || $0 == "." || $0.isHexDigit } }
        return inner.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy(isHostByte)
        }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension HTTPOrigin: CustomStringConvertible {
    /// Without the default port.
    package var description: String {
        "\(scheme.rawValue)://\(host)" + (port == scheme.defaultPort ? "" : ":\(port)")
    }
}
