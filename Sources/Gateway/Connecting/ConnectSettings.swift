// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

/// How home users are connected, as far as it can be configured.
package struct ConnectSettings: Sendable {
    /// The URL of `/oauth/callback` as browsers reach it; nil: on the listen address.
    package var callbackURL: String?

    /// Origins a browser may be sent back to: `scheme://host[:port]` in lower case, without the scheme's own port.
    package var returnOrigins: [String] = []

    /// How long a person may take, in seconds.
    package var sessionLifetime: Int64 = 900

    /// Hits on the callback with tokens that belong to no connection, whoever makes them.
    package var callbackRate = RateWindow(permits: 120, period: .seconds(60), burst: 60)

    /// How often credentials that WegoWise has not yet confirmed are tried again.
    package var recheckInterval: Duration = .seconds(60)

    package init() {}
}

extension ConnectSettings {
    /// What browsers that come to the configured URL send as `Host`, in lower case.
    var callbackHosts: [String] {
        guard let url = callbackURL?.lowercased(), let start = url.firstRange(of: "://")?.upperBound else { return [] }
        let authority = String(url[start...].prefix { $0 != "/" && $0 != "?" })
        let ownPort = url.hasPrefix("https:") ? ":443" : ":80"
        guard authority.hasSuffix(ownPort) else { return [authority] }
        return [authority, String(authority.dropLast(ownPort.count))]
    }
}
