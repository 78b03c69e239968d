// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import NIOEmbedded
import RateLimits
import Synchronization

@testable import Gateway

/// A turnstile whose time is moved by hand, and no timer fires: so those who come are always there before the timer of those
/// who wait.
final class TurnstileStage {
    /// What became of the calls that waited, in that order.
    final class Outcomes: Sendable {
        private let all = Mutex<[(name: String, error: GatewayError?)]>([])

        var list: [String] { all.withLock { $0.map { "\($0.name) \($0.error == nil ? "went" : "refused")" } } }
        var errors: [GatewayError] { all.withLock { $0.compactMap(\.error) } }

        func note(_ name: String, _ result: Result<Passage, GatewayError>) {
            let error: GatewayError? = if case .failure(let error) = result { error } else { nil }
            all.withLock { $0.append((name, error)) }
        }
    }

    /// Something can happen at the moment at which the time is read next.
    final class WatchedClock: TimeSource {
        let clock = MovedClock()
        private let event = Mutex<(@Sendable () -> Void)?>(nil)

        var unixSeconds: Int64 { clock.unixSeconds }

        var now: NIODeadline {
            let event = event.withLock { event in
                defer { event = nil }
                return event
            }
            event?()
            return clock.now
        }

        func atNextReading(_ then: @escaping @Sendable () -> Void) { event.withLock { $0 = then } }
    }

    let watch = WatchedClock()
    let loop = EmbeddedEventLoop()
    let outcomes = Outcomes()
    let turnstile: Turnstile

    var clock: MovedClock { watch.clock }

    init(
        _ gateway: GatewayFixture, _ room: WaitingRoom.Limits = WaitingRoom.Limits(),
        onShadowRefusal: @escaping @Sendable (ShadowRefusal) -> Void = { _ in }
    ) {
        var services = gateway.plane.services
        services.clock = watch
        services.waiting.room = room
        services.limits = LimitDesk(Limiter())
        services.upstreamGuard = UpstreamGuard(maximumConcurrency: 64)
        services.onShadowRefusal = onShadowRefusal
        turnstile = Turnstile(services)
    }

    /// `name` is for the outcomes; a call without one does not wait.
    func enter(
        _ subjects: LimitSubjects, _ name: String? = nil, _ priority: CallPriority = .interactive,
        seconds: Int = 1000
    ) -> String {
        let request = TurnRequest(
            limits: LimitRequest(subjects, priority: priority), wait: name.map { _ in .seconds(seconds) })
        let entry = turnstile.enter(request, on: loop) { [outcomes] in outcomes.note(name ?? "", $0) }
        loop.run()
        switch entry {
        case .through(let passage):
            leave(passage, .answered)
            return "went"
        case .refused: return "refused"
        case .waits: return "waits"
        case .asked: return "asked"
        }
    }

    func leave(_ passage: Passage, _ ending: UpstreamEnding) {
        turnstile.leave(passage, ending)
        loop.run()
    }

    /// A call for one consumer; no limit but one call a second, by `kind`.
    static func subjects(_ user: String, perSecond kind: LimitKind) -> LimitSubjects {
        let rate = RateWindow(permits: 1, period: .seconds(1), burst: 1)
        return subjects(user) { $0 == kind ? LimitPolicy(rate: rate) : .unlimited }
    }

    static func subjects(_ user: String, _ policy: (LimitKind) -> LimitPolicy = { _ in .unlimited }) -> LimitSubjects {
        func subject(_ kind: LimitKind, _ name: String) -> LimitSubject {
            LimitSubject(LimitKey(kind, tenant: "north", name: name), policy(kind))
        }
        return LimitSubjects(
            homeUser: subject(.homeUser, user), caller: subject(.caller, "backend"), tenant: subject(.tenant, "north"),
            consumer: subject(.consumer, "main"))
    }
}
