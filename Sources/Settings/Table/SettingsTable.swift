// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Every key there is. The reader, the environment, `config show` and the example file all follow this list.
package enum SettingsTable {
    package static let keys: [SettingsKey] = listeners + custody + upstream + limits + audit + behaviour

    private static let listeners = [
        SettingsKey(
            "listen.address", \.listen.address, .loopbackAddress,
            "Where callers reach the gateway. Port 0 takes any free port."),
        SettingsKey(
            "listen.unix_socket", \.listen.unixSocket, .optionalPath,
            "A Unix socket that serves callers too."),
        SettingsKey(
            "listen.hosts", \.listen.hosts, .hosts,
            "Host values accepted beside the listen address, localhost, 127.0.0.1 and [::1] with its port."),
        SettingsKey(
            "listen.max_connections", \.listen.maxConnections, .wholeNumber(atLeast: 1),
            "Connections from callers at one time; further ones are closed at once."),
        SettingsKey(
            "listen.max_request_body", \.listen.maxRequestBody, .size(atLeast: .kibibytes(1), atMost: .mebibytes(64)),
            "The largest request body; larger ones are answered 413."),
        SettingsKey(
            "listen.header_timeout", \.listen.headerTimeout, .duration(atMost: .minutes(10)),
            "How long the head of a request may take to arrive; then 408 and the connection ends."),
        SettingsKey(
            "listen.body_timeout", \.listen.bodyTimeout, .duration(atMost: .minutes(10)),
            "How long the body of a request may take to arrive; then 408 and the connection ends."),
        SettingsKey(
            "listen.idle_timeout", \.listen.idleTimeout, .duration(atMost: .minutes(60)),
            "How long a kept connection may stay without a request."),
        SettingsKey(
            "admin.unix_socket", \.admin.unixSocket, .path,
            "The socket the command line talks to a running gateway on. Only its owner may open it."),
        SettingsKey(
            "ops.address", \.ops.address, .loopbackAddress,
            "Where /startupz, /livez, /readyz and /metrics answer."),
    ]

    private static let custody = [
        SettingsKey(
            "state_directory", \.stateDirectory, .path,
            "Where the custody store lives."),
        SettingsKey(
            "master_key", \.masterKey, .secretReference,
            "Where the root keys are; without them no stored credential opens."),
    ]

    private static let upstream = [
        SettingsKey(
            "upstream.base_url", \.upstream.baseURL, .origin,
            "Scheme, host and port of WegoWise."),
        SettingsKey(
            "upstream.ca_file", \.upstream.caFile, .optionalPath,
            "PEM file of the authorities to trust instead of the system's; at least one certificate."),
        SettingsKey(
            "upstream.connect_timeout", \.upstream.connectTimeout, .duration(atMost: .minutes(10)),
            "How long name lookup, connection and TLS handshake may take together."),
        SettingsKey(
            "upstream.timeout", \.upstream.timeout, .duration(atMost: .minutes(60)),
            "How long a whole upstream call may take."),
        SettingsKey(
            "upstream.max_connections", \.upstream.maxConnections, .wholeNumber(atLeast: 1, atMost: 10_000),
            "Connections to WegoWise at one time; further calls wait for one."),
        SettingsKey(
            "upstream.max_response_body", \.upstream.maxResponseBody,
            .size(atLeast: .kibibytes(1), atMost: .mebibytes(1_024)),
            "The largest answer passed on; larger ones become 502."),
        SettingsKey(
            "upstream.routes", \.upstream.routes, .routes,
            "Other paths for operations of WegoWise, the primary one first; those of the catalogue stay known."),
        SettingsKey(
            "upstream.unknown_paths", \.upstream.unknownPaths, .choice,
            "Whether paths below /api/v1/ that the catalogue does not know are forwarded or refused."),
        SettingsKey(
            "upstream.protection.pauses", \.upstream.protection.pauses, .flag,
            "Whether a consumer pauses for everybody when WegoWise asks for it (429, 503 with Retry-After)."),
        SettingsKey(
            "upstream.protection.circuit_breaker", \.upstream.protection.circuitBreaker, .flag,
            "Whether calls are held for a moment when half of them do not get through to WegoWise."),
        SettingsKey(
            "upstream.protection.adaptive_concurrency", \.upstream.protection.adaptiveConcurrency, .flag,
            "Whether fewer calls go at one time when WegoWise is overloaded."),
        SettingsKey(
            "upstream.protection.retry_budget", \.upstream.protection.retryBudget, .flag,
            "Whether at most a tenth of all calls is tried a second time."),
    ]

    private static let limits =
        limit("home_user", \.limits.homeUser, "one home user")
        + limit("caller", \.limits.caller, "one caller")
        + limit("tenant", \.limits.tenant, "all of one tenant together")
        + limit("consumer", \.limits.consumer, "all home users of one consumer together") + sharing

    private static func limit(
        _ name: String,
        _ limit: any WritableKeyPath<GatewaySettings, GatewaySettings.Limit> & Sendable,
        _ whose: String
    ) -> [SettingsKey] {
        [
            SettingsKey(
                "limits.\(name).rate", limit, \.rate, .rate,
                "Calls in the long run for \(whose)."),
            SettingsKey(
                "limits.\(name).burst", limit, \.burst, .wholeNumber(atLeast: 1),
                "Calls at once after a pause for \(whose)."),
            SettingsKey(
                "limits.\(name).concurrency", limit, \.concurrency, .wholeNumber(atLeast: 1),
                "Calls in flight at one time for \(whose)."),
            SettingsKey(
                "limits.\(name).windows", limit, \.windows, .rates,
                "Further rates for \(whose); all that they permit may come at once."),
            SettingsKey(
                "limits.\(name).shadow", limit, \.shadow, .flag,
                "Whether calls over these limits are only counted and logged, and let through."),
        ]
    }

    private static let sharing = [
        SettingsKey(
            "limits.fair_share", \.limits.fairShare, .flag,
            "Whether home users share their consumer's limits evenly when those are short."),
        SettingsKey(
            "limits.waiting.default", \.limits.waiting.usual, .duration(atLeast: .zero, atMost: .minutes(60)),
            "How long a call without 'Prefer: wait' waits for its turn before it is refused."),
        SettingsKey(
            "limits.waiting.longest", \.limits.waiting.longest, .duration(atLeast: .zero, atMost: .minutes(60)),
            "The longest that any call waits for its turn, whatever it asks for."),
        SettingsKey(
            "limits.waiting.per_consumer", \.limits.waiting.perConsumer, .wholeNumber(atLeast: 0, atMost: 10_000),
            "Calls that may wait for one consumer at one time."),
        SettingsKey(
            "limits.waiting.total", \.limits.waiting.total, .wholeNumber(atLeast: 0, atMost: 10_000),
            "Calls that may wait at one time."),
    ]

    private static let audit = [
        SettingsKey(
            "audit.directory", \.audit.directory, .path,
            "Where the journal's segment files are. Created if missing; no other gateway may use it."),
        SettingsKey(
            "audit.second_directory", \.audit.secondDirectory, .optionalPath,
            "Takes over when audit.directory takes no new segment; better on another device."),
        SettingsKey(
            "audit.checkpoint_copies", \.audit.checkpointCopies, .optionalPath,
            "A directory that gets a copy of every signed checkpoint; better one that this machine cannot change later."
        ),
        SettingsKey(
            "audit.key", \.audit.key, .optionalPath,
            "The file with the key that signs checkpoints, made if missing; null for audit.key in state_directory."
        ),
        SettingsKey(
            "audit.durability", \.audit.durability, .choice,
            "When records are on disk: strict before a call leaves, paranoid before its answer too, "
                + "relaxed up to 20 ms later for calls that only read."),
        SettingsKey(
            "audit.segment_size", \.audit.segmentSize, .size(atLeast: .mebibytes(1), atMost: .mebibytes(1_024)),
            "How large a segment file becomes; the one in use reserves as much disk, and 8 MiB or more beside it."
        ),
        SettingsKey(
            "audit.segment_age", \.audit.segmentAge, .duration(atLeast: .minutes(1), atMost: .minutes(31 * 1_440)),
            "How long a segment file is written to."),
        SettingsKey(
            "audit.retention", \.audit.retention, .duration(atLeast: .minutes(60), atMost: .minutes(100 * 365 * 1_440)),
            "How long records are kept at least; whole segments go when all of their records are older."),
    ]

    private static let behaviour = [
        SettingsKey(
            "oauth.callback_url", \.oauth.callbackURL, .optionalCallbackURL,
            "The URL of /oauth/callback as browsers reach it, for connecting home users; null for the listen address."),
        SettingsKey(
            "oauth.return_to", \.oauth.returnTo, .origins,
            "Origins that a browser may be sent back to when a home user is connected."),
        SettingsKey(
            "oauth.session_lifetime", \.oauth.sessionLifetime,
            .duration(atLeast: .minutes(1), atMost: .minutes(1_440)),
            "How long a person may take to give consent."),
        SettingsKey(
            "validation", \.validation, .choice,
            "lenient refuses bodies that cannot be right and forwards paths the catalogue does not know; "
                + "strict holds bodies to the whole schema and refuses unknown paths and methods; off never looks at bodies."
        ),
        SettingsKey(
            "shutdown.drain_timeout", \.shutdown.drainTimeout, .duration(atMost: .minutes(60)),
            "How long calls in flight may take to end when the gateway stops."),
        SettingsKey(
            "log.level", \.log.level, .choice,
            "The least important lines still written."),
        SettingsKey(
            "log.format", \.log.format, .choice,
            "Lines for people (text) or one JSON object a line (json)."),
    ]
}

extension Duration {
    fileprivate static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
}
