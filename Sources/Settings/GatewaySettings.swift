// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

/// Everything one may configure, with its defaults. What each key means stands in `SettingsTable`.
///
/// Paths are kept as written; `GatewaySettings+Paths.swift` resolves them.
package struct GatewaySettings: Sendable, Equatable {
    package var listen = Listen()
    package var admin = Admin()
    package var ops = Ops()
    package var stateDirectory = "state"
    /// A reference to the root keys (`file:PATH`, `env:NAME`, `credential:NAME`), never the keys.
    package var masterKey = "file:state/master.key"
    package var upstream = Upstream()
    package var limits = Limits()
    package var audit = Audit()
    package var oauth = OAuth()
    package var validation = Validation.lenient
    package var shutdown = Shutdown()
    package var log = Log()

    /// The directory relative paths start from: that of the configuration file, else the current one.
    package var baseDirectory: String

    package init(baseDirectory: String) {
        self.baseDirectory = baseDirectory
    }
}

extension GatewaySettings {
    /// The data plane's listener and what one of its connections may cost.
    package struct Listen: Sendable, Equatable {
        package var address = LoopbackAddress.standardListen
        package var unixSocket: String?
        package var hosts: [String] = []
        package var maxConnections = 1_024
        package var maxRequestBody = ByteCount.mebibytes(1)
        package var headerTimeout = Duration.seconds(5)
        package var bodyTimeout = Duration.seconds(10)
        package var idleTimeout = Duration.seconds(60)
    }

    package struct Admin: Sendable, Equatable {
        package var unixSocket = "state/admin.sock"
    }

    package struct Ops: Sendable, Equatable {
        package var address = LoopbackAddress.standardOps
    }

    package struct Upstream: Sendable, Equatable {
        package var baseURL = HTTPOrigin.wegoWise
        package var caFile: String?
        package var connectTimeout = Duration.seconds(3)
        package var timeout = Duration.seconds(30)
        package var maxConnections = 64
        package var maxResponseBody = ByteCount.mebibytes(16)
        /// A JSON object from route identifiers to arrays of paths; what they mean is the catalogue's to say.
        package var routes = "{}"
        package var unknownPaths = UnknownPaths.forward
        package var protection = Protection()
    }

    /// What keeps WegoWise from being overrun, and consumers from being locked out of it.
    package struct Protection: Sendable, Equatable {
        package var pauses = true
        package var circuitBreaker = true
        package var adaptiveConcurrency = true
        package var retryBudget = true
    }

    package enum UnknownPaths: String, Sendable, CaseIterable {
        case forward, refuse
    }

    package struct Limits: Sendable, Equatable {
        package var homeUser = Limit(rate: Rate(permits: 120, per: .minute), burst: 30, concurrency: 8)
        package var caller = Limit(rate: Rate(permits: 1_200, per: .minute), burst: 200, concurrency: 64)
        package var tenant = Limit(rate: Rate(permits: 4_800, per: .minute), burst: 800, concurrency: 256)
        package var consumer = Limit(rate: Rate(permits: 2_400, per: .minute), burst: 400, concurrency: 128)
        package var fairShare = true
        package var waiting = Waiting()
    }

    /// What one home user, caller, tenant or consumer may use.
    package struct Limit: Sendable, Equatable {
        package var rate: Rate
        package var burst: Int
        package var concurrency: Int
        package var windows: [Rate] = []
        package var shadow = false
    }

    /// Calls that wait for their turn instead of being refused.
    package struct Waiting: Sendable, Equatable {
        package var usual = Duration.zero
        package var longest = Duration.seconds(20)
        package var perConsumer = 128
        package var total = 512
    }

    package struct Audit: Sendable, Equatable {
        package var directory = "state/audit"
        package var secondDirectory: String?
        package var checkpointCopies: String?
        /// Nil for `audit.key` in the state directory.
        package var key: String?
        package var durability = Durability.strict
        package var segmentSize = ByteCount.mebibytes(64)
        package var segmentAge = Duration.seconds(86_400)
        package var retention = Duration.seconds(400 * 86_400)
    }

    package enum Durability: String, Sendable, CaseIterable {
        case strict, paranoid, relaxed
    }

    package struct OAuth: Sendable, Equatable {
        package var callbackURL: String?
        package var returnTo: [HTTPOrigin] = []
        package var sessionLifetime = Duration.seconds(900)
    }

    package enum Validation: String, Sendable, CaseIterable {
        case lenient, strict, off
    }

    package struct Shutdown: Sendable, Equatable {
        package var drainTimeout = Duration.seconds(10)
    }

    package struct Log: Sendable, Equatable {
        package var level = LogLevel.info
        package var format = LogFormat.text
    }

    package enum LogLevel: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    package enum LogFormat: String, Sendable, CaseIterable {
        case text, json
    }
}

extension LoopbackAddress {
    fileprivate static let standardListen = LoopbackAddress(host: "127.0.0.1", port: 8_787)
    fileprivate static let standardOps = LoopbackAddress(host: "127.0.0.1", port: 8_788)
}

extension HTTPOrigin {
    fileprivate static let wegoWise = HTTPOrigin(scheme: .https, host: "www.wegowise.com", port: 443)
}
