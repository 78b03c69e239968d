// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The values of `Host` this server answers to, in lower case.
package struct AllowedHosts: Sendable {
    private let hosts: Set<String>

    /// - Parameters:
    ///   - ports: those the server listens on; each is allowed with every loopback name.
    ///   - others: further values, with their port where it is not 80, as in `listen.hosts`.
    ///   - bare: whether the loopback names are allowed without a port too, as clients of a Unix socket send them.
    package init(address: String, ports: [Int], others: [String], bare: Bool) {
        var hosts = Set(others.map { $0.lowercased() })
        for name in ["localhost", "127.0.0.1", "[::1]", address.lowercased()] {
            for port in ports {
                hosts.insert("\(name):\(port)")
                if port == 80 { hosts.insert(name) }
            }
            if bare { hosts.insert(name) }
        }
        self.hosts = hosts
    }

    func contains(_ host: String) -> Bool {
        if hosts.contains(host) { return true }
        // Only ASCII letters have a case here; Unicode would turn a Kelvin sign into a "k".
        return host.utf8.allSatisfy { $0 < 0x80 } && hosts.contains(host.lowercased())
    }
}
