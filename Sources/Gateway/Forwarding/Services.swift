// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import OAuth1
import RateLimits
import WegoWise

/// What the pipeline works with: made once, shared by all requests.
package struct Services: Sendable {
    package var custody: any CustodyStore
    package var upstream: any Upstream
    package var origin: UpstreamOrigin

    /// Who decides whether there is room for a call, and by which rules.
    package var limits: LimitDesk
    package var limitRules: LimitRules

    /// What the upstream asks for, and what it seems to bear.
    package var upstreamGuard: UpstreamGuard
    package var waiting: WaitingSettings

    /// Told of calls that a policy in shadow mode would have refused, at most once a second and kind.
    package var onShadowRefusal: @Sendable (ShadowRefusal) -> Void
    package var catalogue: RouteCatalogue
    package var signer: Signer
    package var recorder: any CallRecorder
    package var journal: any CallJournal

    /// Of the same catalogue and validation.
    package var document: APIDocument

    /// Nil where nothing is recorded.
    package var pseudonyms: Pseudonyms?
    package var metrics: GatewayMetrics
    package var chance: any ChanceSource
    package var clock: any TimeSource

    /// What time it is for the upstream.
    package var upstreamClock: UpstreamClock

    /// How often answers may change what is thought of a credential.
    package var turnLimit = TurnLimit()

    /// Where the store's blocking calls run.
    package var custodyWorker: CustodyWorker

    /// The whole budget of one call, retry included.
    package var upstreamTimeout: Duration

    /// How closely calls are held to the catalogue before they cost anything.
    package var validation: ValidationMode

    /// How home users are connected.
    package var connecting = ConnectSettings()

    /// Whether paths that the catalogue does not know go out all the same.
    package var forwardsUnknownPaths = true

    package init(
        custody: any CustodyStore, upstream: any Upstream, origin: UpstreamOrigin, limitRules: LimitRules,
        recorder: any CallRecorder, upstreamTimeout: Duration = .seconds(30), validation: ValidationMode = .lenient
    ) {
        self.custody = custody
        self.upstream = upstream
        self.origin = origin
        self.limitRules = limitRules
        limits = LimitDesk(Limiter())
        upstreamGuard = UpstreamGuard(maximumConcurrency: 64)
        waiting = WaitingSettings()
        onShadowRefusal = { _ in }
        self.recorder = recorder
        self.upstreamTimeout = upstreamTimeout
        self.validation = validation
        catalogue = .standard
        document = APIDocument(catalogue: .standard, mode: validation, version: "0")
        signer = Signer()
        journal = NoJournal()
        metrics = GatewayMetrics()
        chance = SystemChance()
        clock = SystemTime()
        upstreamClock = UpstreamClock()
        custodyWorker = CustodyWorker()
    }
}

/// Where signed requests go.
package protocol Upstream: Sendable {
    func submit(_ request: TransferRequest, to receiver: any TransferReceiver)

    /// Ends what still runs as failures and takes nothing more. Blocks for a moment.
    func endTransfers()
}

extension Engine: Upstream {
    package func endTransfers() {
        shutDown()
    }
}

/// Keeps what became of each call. Called on an event loop: it must not wait.
package protocol CallRecorder: Sendable {
    func record(_ record: CallRecord)
}
