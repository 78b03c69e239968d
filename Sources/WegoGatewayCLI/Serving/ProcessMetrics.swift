// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Gateway

/// The process's own part of `/metrics`.
struct ProcessMetrics {
    let text: String

    init(_ engine: Engine, _ plane: DataPlane) {
        let statistics = engine.statistics
        text =
            Self.family("build_info", "gauge", "Which build this is.", "{version=\"\(GatewayVersion.text)\"} 1")
            + Self.family("client_connections", "gauge", "Open connections from callers.", " \(plane.openConnections)")
            + Self.family(
                "upstream_connections", "gauge", "Open connections to WegoWise.", " \(statistics.openConnections)")
            + Self.family("upstream_running", "gauge", "Transfers in flight.", " \(statistics.running)")
            + Self.family("upstream_waiting", "gauge", "Requests waiting for a connection.", " \(statistics.waiting)")
            + Self.family("upstream_transfers_total", "counter", "Transfers begun.", " \(statistics.transfers)")
            + Self.family(
                "upstream_reused_connections_total", "counter", "Transfers on a kept connection.",
                " \(statistics.reusedConnections)")
            + Self.family(
                "upstream_stale_connections_total", "counter", "Kept connections found unclean right before use.",
                " \(statistics.staleConnections)")
    }

    private static func family(_ name: String, _ kind: String, _ help: String, _ sample: String) -> String {
        let name = "wego_gateway_\(name)"
        return "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n\(name)\(sample)\n"
    }
}
