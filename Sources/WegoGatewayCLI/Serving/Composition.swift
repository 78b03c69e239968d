// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import ControlPlane
import Curl
import Custody
import Gateway
import Logging
import RateLimits
import Settings
import WegoWise

/// What a gateway is made of, in the order in which the parts need each other.
struct Composition: Sendable {
    let store: SQLiteStore
    let engine: Engine
    let plane: DataPlane
    let readiness = Readiness()
    let admin: AdminAPI
    let ops: OpsAPI

    init(_ settings: GatewaySettings, environment: [String: String], log: LogOutput) throws {
        // First, since its lock makes this process the only one.
        let store = try StoreOpening.open(settings, environment: environment)
        // One thread that speaks to WegoWise.
        let engine = try Self.engine(settings)
        // What requests are answered with.
        let services = try Self.services(settings, store, engine, log.recorder)
        // Where callers come in.
        let plane = DataPlane(DataPlaneSettings(settings), services: services)
        let readiness = readiness
        self.store = store
        self.engine = engine
        self.plane = plane
        // Where operators and probes come in.
        admin = AdminAPI(
            custody: store, calls: DataPlaneCalls(plane: plane),
            maximumCallBody: settings.listen.maxRequestBody.bytes, logger: log.logger("admin")
        ) {
            Self.status(readiness, store)
        }
        ops = OpsAPI(readiness: readiness) {
            services.metrics.prometheusText() + services.upstreamClock.prometheusText(services.clock)
                + store.snapshot.prometheusText() + ProcessMetrics(engine, plane).text
        }
    }

    /// After the drain. The engine goes first: what it ends is still answered and recorded on the data plane's threads.
    /// Blocks for a moment.
    func shutDown() async {
        engine.shutDown()
        await plane.shutDown()
        store.close()
    }

    /// What `call` and `sign explain` need where no gateway runs: all of the data plane but its listeners.
    static func operatorCalls(_ settings: GatewaySettings, custody: any CustodyStore) throws -> any OperatorCalls {
        let silent = LogCallRecorder(.silent)
        let services = try services(settings, custody, try engine(settings), silent)
        return DataPlaneCalls(plane: DataPlane(DataPlaneSettings(settings), services: services))
    }
}

extension Composition {
    private static func engine(_ settings: GatewaySettings) throws -> Engine {
        let engineSettings = try EngineSettings(settings)
        if let path = settings.caFilePath { try AuthorityFile(path: path).check(missing: .unavailable) }
        do throws(EngineError) {
            return try Engine(engineSettings)
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func services(
        _ settings: GatewaySettings, _ custody: any CustodyStore, _ engine: Engine, _ recorder: any CallRecorder
    ) throws(CommandFailure) -> Services {
        var services = Services(
            custody: custody, upstream: engine, origin: try UpstreamOrigin(settings), limitRules: LimitRules(settings.limits),
            recorder: recorder, upstreamTimeout: settings.upstream.timeout,
            validation: ValidationMode(settings.validation))
        services.catalogue = try RouteCatalogue(settings)
        services.connecting = ConnectSettings(settings.oauth)
        services.forwardsUnknownPaths = settings.upstream.unknownPaths == .forward
        return services
    }

    private static func status(_ readiness: Readiness, _ store: SQLiteStore) -> JSONTree {
        let counts = store.snapshot.counts
        return .members([
            "gateway": .bool(true), "version": .string(GatewayVersion.text), "readiness": readiness.tree,
            "tenants": .int(Int64(counts.tenants)), "callers": .int(Int64(counts.callers)),
        ])
    }
}
