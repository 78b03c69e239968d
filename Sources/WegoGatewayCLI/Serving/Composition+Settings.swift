// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Gateway
import RateLimits
import Settings
import StrictJSON
import WegoWise

/// From the user's keys to what each module is told. Nothing is decided here.
extension DataPlaneSettings {
    init(_ settings: GatewaySettings) {
        self.init()
        host = settings.listen.address.host
        port = settings.listen.address.port
        unixSocket = settings.listenSocketPath
        hosts = settings.listen.hosts
        maximumConnections = settings.listen.maxConnections
        limits.maximumBody = settings.listen.maxRequestBody.bytes
        limits.headerTimeout = settings.listen.headerTimeout
        limits.bodyTimeout = settings.listen.bodyTimeout
        limits.idleTimeout = settings.listen.idleTimeout
    }
}

extension EngineSettings {
    init(_ settings: GatewaySettings) throws(CommandFailure) {
        self.init(origin: try UpstreamOrigin(settings), caFile: settings.caFilePath)
        connectTimeout = settings.upstream.connectTimeout
        maximumConnections = settings.upstream.maxConnections
        maximumBody = settings.upstream.maxResponseBody.bytes
    }
}

extension UpstreamOrigin {
    init(_ settings: GatewaySettings) throws(CommandFailure) {
        guard let origin = UpstreamOrigin(settings.upstream.baseURL.description) else {
            throw CommandFailure(
                .usage, "upstream.base_url: its host is none that can be called.", next: "Expected https://HOST[:PORT]."
            )
        }
        self = origin
    }
}

extension LimitDefaults {
    /// What holds for whoever has no override.
    init(_ limits: GatewaySettings.Limits) {
        self.init(
            homeUser: LimitTerms(limits.homeUser), caller: LimitTerms(limits.caller),
            tenant: LimitTerms(limits.tenant), consumer: LimitTerms(limits.consumer))
    }
}

extension LimitTerms {
    fileprivate init(_ limit: GatewaySettings.Limit) {
        self.init(
            rate: limit.rate, burst: limit.burst, concurrency: limit.concurrency, windows: limit.windows,
            isShadow: limit.shadow)
    }
}

extension WaitingSettings {
    init(_ waiting: GatewaySettings.Waiting) {
        self.init(
            usual: waiting.usual, longest: waiting.longest,
            room: WaitingRoom.Limits(perConsumer: waiting.perConsumer, total: waiting.total))
    }
}

extension UpstreamGuard {
    convenience init(_ settings: GatewaySettings.Upstream) {
        var features: Features = []
        if settings.protection.pauses { features.insert(.pauses) }
        if settings.protection.circuitBreaker { features.insert(.breaker) }
        if settings.protection.adaptiveConcurrency { features.insert(.adaptiveConcurrency) }
        if settings.protection.retryBudget { features.insert(.retryBudget) }
        self.init(features, maximumConcurrency: settings.maxConnections)
    }
}

extension RouteCatalogue {
    /// The standard catalogue with the paths of `upstream.routes`.
    init(_ settings: GatewaySettings) throws(CommandFailure) {
        do {
            let document = try JSONDocument.parse(Array(settings.upstream.routes.utf8))
            self = try RouteCatalogue.standard.applying(overrides: try RouteOverride.list(document.root))
        } catch let error as RouteOverrideError {
            throw CommandFailure(
                .usage, "\(error).", next: "`wego-gateway routes` lists the operations and their paths.")
        } catch {
            throw CommandFailure(
                .usage, "upstream.routes: no JSON object.", next: "Expected {\"route\": [\"/api/v1/...\"]}.")
        }
    }
}

extension ConnectSettings {
    init(_ settings: GatewaySettings.OAuth) {
        self.init()
        callbackURL = settings.callbackURL
        returnOrigins = settings.returnTo.map(\.description)
        sessionLifetime = settings.sessionLifetime.components.seconds
    }
}

extension ValidationMode {
    init(_ validation: GatewaySettings.Validation) {
        self =
            switch validation {
            case .lenient: .lenient
            case .strict: .strict
            case .off: .off
            }
    }
}
