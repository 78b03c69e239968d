// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// Where a browser is sent in the end. Only to origins that the configuration lists, so that the gateway cannot be used to
/// lead people astray.
struct ReturnAddress: Sendable, Equatable {
    let text: String

    /// The end of a connection, as `wego_result` tells it.
    enum Result: String, Sendable {
        case connected, unconfirmed, denied, failed
    }

    /// - Parameter origins: as `ConnectSettings.returnOrigins`.
    init?(_ text: String, allowed origins: [String]) {
        // What browsers read as another character than it is, or as the end of the host, is not in it.
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !##""#<>\^`{|}"##.utf8.contains($0) }),
            let origin = Self.origin(of: text), origins.contains(origin)
        else { return nil }
        self.text = text
    }

    /// With the members that tell the end; what the address had of a query stays before them.
    func location(user: String, _ result: Result) -> String {
        let members = FormEncoding.write([Parameter("wego_user", user), Parameter("wego_result", result.rawValue)])
        let query = String(decoding: members, as: UTF8.self)
        guard let mark = text.firstIndex(of: "?") else { return "\(text)?\(query)" }
        let isOpen = text.index(after: mark) == text.endIndex || text.hasSuffix("&")
        return text + (isOpen ? "" : "&") + query
    }

    /// Scheme, host and port in lower case, without the scheme's own port.
    private static func origin(of text: String) -> String? {
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] {
            guard text.prefix(scheme.count).lowercased() == scheme else { continue }
            let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }.lowercased()
            return scheme + (authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority)
        }
        return nil
    }
}
