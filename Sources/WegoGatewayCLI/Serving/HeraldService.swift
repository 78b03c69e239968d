// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Curl
import Logging
import ServiceLifecycle
import Settings

/// Tells everybody when the gateway can be used, and when it no longer will.
struct HeraldService: Service {
    let places: StartupPlaces
    let settings: GatewaySettings
    let readiness: Readiness
    let notification: ServiceNotification
    let logger: Logger
    let announce: @Sendable (Announcement) -> Void

    func run() async throws {
        guard let ports = await cancelWhenGracefulShutdown({ await places.all() }) else { return }
        announce(announcement(ports))
        notification.send(.ready)
        logger.notice(
            "The gateway is ready.",
            metadata: [
                "version": "\(GatewayVersion.text)", "libcurl": "\(Engine.libraryVersion.prefix { $0 != " " })",
                "upstream": "\(settings.upstream.baseURL)",
            ])
        try? await gracefulShutdown()
        goodbye()
    }

    private func goodbye() {
        readiness.drain()
        notification.send(.stopping)
        logger.notice("The gateway stops: calls in flight end, new ones are refused.")
    }

    private func announcement(_ ports: (listen: Int, ops: Int)) -> Announcement {
        Announcement(
            listen: "http://\(settings.listen.address.host(withPort: ports.listen))",
            listenSocket: settings.listenSocketPath,
            ops: "http://\(settings.ops.address.host(withPort: ports.ops))", admin: settings.adminSocketPath)
    }
}

extension LoopbackAddress {
    /// As it stands in a URL, with the port that was bound.
    fileprivate func host(withPort port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
