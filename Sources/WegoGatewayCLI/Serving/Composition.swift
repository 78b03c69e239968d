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
    let journal: GatewayJournal
    let limits: LimitKeeper
    let engine: Engine
    let plane: DataPlane
    let readiness = Readiness()
    let admin: AdminAPI
    let ops: OpsAPI

    init(_ settings: GatewaySettings, environment: [String: String], log: LogOutput) throws {
        // First, since its lock makes this process the only one.
        let store = try StoreOpening.open(settings, environment: environment)
        // Before anything can happen that has to be written down.
        let journal = try GatewayJournal.open(settings, store, log.logger("audit"))
        do {
            try self.init(settings, store, journal, log)
        } catch {
            journal.journal.stop(reason: "the gateway could not start")
            throw error
        }
    }

    private init(
        _ settings: GatewaySettings, _ store: SQLiteStore, _ journal: GatewayJournal, _ log: LogOutput
    ) throws {
        // One thread that speaks to WegoWise.
        let engine = try Self.engine(settings)
        // What requests are answered with.
        var services = try Self.services(settings, store, engine, log.recorder)
        services.journal = AuditTrail(journal.journal) { engine.journalIsDurable(upTo: $0) }
        services.pseudonyms = journal.names
        services.onShadowRefusal = Self.logShadowRefusals(to: log.logger("limits"))
        // Before any call is counted.
        let limits = try Self.limitKeeper(settings, store, journal, services, log.logger("limits"))
        // Where callers come in.
        let plane = DataPlane(DataPlaneSettings(settings), services: services)
        let readiness = readiness
        readiness.watch(.journal) { journal.problem }
        readiness.detail("audit_journal") { journal.detail }
        readiness.detail("upstream") { Self.upstreamSummary(plane) }
        self.store = store
        self.journal = journal
        self.limits = limits
        self.engine = engine
        self.plane = plane
        // Where operators and probes come in.
        admin = AdminAPI(
            custody: store, calls: DataPlaneCalls(plane: plane), journal: journal,
            limitDefaults: LimitDefaults(settings.limits), running: Self.runningLimits(plane),
            maximumCallBody: settings.listen.maxRequestBody.bytes, logger: log.logger("admin")
        ) {
            Self.status(readiness, store)
        }
        ops = OpsAPI(readiness: readiness) { [services] in
            services.metrics.prometheusText() + services.upstreamClock.prometheusText(services.clock)
                + plane.limitMetrics + store.snapshot.prometheusText() + ProcessMetrics(engine, plane).text
                + JournalMetrics(journal.journal.status).text
        }
    }

    /// After the drain. The engine goes first: what it ends is still answered and recorded on the data plane's threads.
    /// Blocks for a moment.
    func shutDown() async {
        engine.shutDown()
        await plane.shutDown()
        await Blocking.run { [limits] in limits.finish() }
        _ = await Blocking.run { [journal] in journal.journal.stop(reason: "the gateway was stopped") }
        store.close()
    }

    /// What `call` and `sign explain` need where no gateway runs: all of the data plane but its listeners.
    static func operatorCalls(
        _ settings: GatewaySettings, _ store: SQLiteStore, _ journal: CommandJournal
    ) throws -> any OperatorCalls {
        let engine = try engine(settings)
        var services = try services(settings, store, engine, LogCallRecorder(.silent))
        journal.whenDurable { engine.journalIsDurable(upTo: $0) }
        services.journal = journal
        services.pseudonyms = try Pseudonyms.load(from: store)
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
            custody: custody, upstream: engine, origin: try UpstreamOrigin(settings),
            limitRules: LimitRules(LimitDefaults(settings.limits)),
            recorder: recorder, upstreamTimeout: settings.upstream.timeout,
            validation: ValidationMode(settings.validation))
        services.limits = LimitDesk(Limiter(fairShare: settings.limits.fairShare))
        services.upstreamGuard = UpstreamGuard(settings.upstream)
        services.waiting = WaitingSettings(settings.limits.waiting)
        services.catalogue = try RouteCatalogue(settings)
        services.connecting = ConnectSettings(settings.oauth)
        services.document = APIDocument(
            catalogue: services.catalogue, mode: services.validation, version: GatewayVersion.text)
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
