// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Gateway
import Logging
import NIOCore
import ServiceLifecycle
import Settings

/// The order of a gateway's life. Services start from the top and stop from the bottom: first it says that it goes,
/// then the data plane drains, then operators and probes lose their listeners.
struct GatewayServices {
    let composition: Composition
    let settings: GatewaySettings
    let notification: ServiceNotification
    let log: LogOutput
    /// Called once everything accepts connections.
    let announce: @Sendable (Announcement) -> Void

    func run() async throws {
        let places = StartupPlaces()
        var configuration = ServiceGroupConfiguration(
            services: [upkeep, limits, ops(places), admin(places), dataPlane(places), herald(places)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: .silent)
        configuration.maximumGracefulShutdownDuration = settings.shutdown.drainTimeout + .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
    }

    private var upkeep: any Service {
        JournalUpkeepService(composition.journal.journal, settings.audit, log.logger("audit"))
    }

    private var limits: any Service {
        LimitUpkeepService(plane: composition.plane, keeper: composition.limits)
    }

    private func ops(_ places: StartupPlaces) -> any Service {
        let address = settings.ops.address
        return ListeningService.ops(
            composition.ops, host: address.host, port: address.port, key: "ops.address"
        ) { places.report(.ops(port: $0)) }
    }

    private func admin(_ places: StartupPlaces) -> any Service {
        ListeningService.admin(
            composition.admin, socket: settings.adminSocketPath, key: "admin.unix_socket"
        ) { places.report(.admin) }
    }

    private func dataPlane(_ places: StartupPlaces) -> any Service {
        DataPlaneService(
            plane: composition.plane, settings: settings, readiness: composition.readiness,
            onRunning: { places.report(.listen(port: $0)) })
    }

    private func herald(_ places: StartupPlaces) -> any Service {
        HeraldService(
            places: places, settings: settings, readiness: composition.readiness, notification: notification,
            logger: log.logger("gateway"), announce: announce)
    }
}
