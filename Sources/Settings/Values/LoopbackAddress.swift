// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// `host:port` of a listener that only this machine reaches: `127.0.0.1:8787`, `[::1]:8787` or `localhost:8787`.
///
/// The gateway speaks plain HTTP to its callers, so nothing else is offered.
package struct LoopbackAddress: Sendable, Hashable {
    /// Without brackets.
    package let host: String

    /// 0 asks the system for a free port; the announcement tells which one it was.
    package let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Quantity(String(text[text.index(after: colon)...])),
            port.unit.isEmpty, port.count <= 65_535,
            let host = Self.host(String(text[..<colon]))
        else { return nil }
        self.host = host
        self.port = port.count
    }

    /// Literal addresses of 127.0.0.0/8, `::1` in brackets, and the name `localhost`; nil for all others.
    private static func host(_ text: String) -> String? {
        if text == "localhost" { return text }
        if text == "[::1]" { return "::1" }
        let octets = text.split(separator: ".", omittingEmptySubsequences: false).map { Quantity(String($0)) }
        guard octets.count == 4, octets[0]?.count == 127,
            octets.allSatisfy({ $0.map { $0.unit.isEmpty && $0.count <= 255 } ?? false })
        else { return nil }
        return text
    }

    static func isLoopback(host: String) -> Bool { self.host(host) != nil }
}

extension LoopbackAddress: CustomStringConvertible {
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
