// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The URI of the signature base string (RFC 5849, 3.4.1.2): scheme and host in lower case, no default port, no query.
package struct BaseStringURI: Sendable, Equatable {
    /// Not yet encoded for the base string.
    package let bytes: [UInt8]

    /// `path` as it goes over the wire, escapes included; empty means `/`. Nil unless the scheme is `http` or `https`, the
    /// host a name, an address or a bracketed IPv6 address, and the path free of query, fragment and unescaped bytes.
    package init?(scheme: String, host: String, port: Int?, path: [UInt8]) {
        let scheme = Self.lowercased(scheme.utf8)
        let host = Self.lowercased(host.utf8)
        guard let defaultPort = Self.defaultPort(of: scheme), Self.isHost(host), Self.isPath(path) else { return nil }
        if let port, !(1...65535).contains(port) { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(scheme.count + host.count + path.count + 9)
        bytes.append(contentsOf: scheme)
        bytes.append(contentsOf: "://".utf8)
        bytes.append(contentsOf: host)
        if let port, port != defaultPort {
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: String(port).utf8)
        }
        bytes.append(contentsOf: path.isEmpty ? [UInt8(ascii: "/")] : path)
        self.bytes = bytes
    }

    private static func defaultPort(of scheme: [UInt8]) -> Int? {
        if scheme.elementsEqual("https".utf8) { return 443 }
        if scheme.elementsEqual("http".utf8) { return 80 }
        return nil
    }

    private static func isHost(_ host: [UInt8]) -> Bool {
        let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]") && host.count > 2
        let name = isBracketed ? host.dropFirst().dropLast() : host[...]
        return !name.isEmpty
            && name.allSatisfy { byte in
                PercentEncoding.isUnreserved(byte) || "!$&'()*+,;=%".utf8.contains(byte)
                    || isBracketed && byte == UInt8(ascii: ":")
            }
    }

    private static func isPath(_ path: [UInt8]) -> Bool {
        guard let first = path.first else { return true }
        return first == UInt8(ascii: "/")
            && path.allSatisfy { byte in
                (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "#")
            }
    }

    private static func lowercased(_ text: String.UTF8View) -> [UInt8] {
        text.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
