// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

/// Protects the upstream from us and our consumers from being locked out of it. Times are nanoseconds of the limiter's clock.
///
/// A pause belongs to one consumer credential; the circuit breaker, the adaptive limit and the retry budget are about the upstream as a
/// whole, since what they watch is its host and the way to it.
package final class UpstreamGuard: Sendable {
    package struct Features: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let pauses = Features(rawValue: 1)
        package static let breaker = Features(rawValue: 2)
        package static let adaptiveConcurrency = Features(rawValue: 4)
        package static let retryBudget = Features(rawValue: 8)
        package static let all: Features = [.pauses, .breaker, .adaptiveConcurrency, .retryBudget]
    }

    fileprivate struct State {
        var breaker = CircuitBreaker()
        var concurrency: AdaptiveConcurrency
        var retries = RetryBudget()
        /// Of consumers that pause or open again; usually empty.
        var coolDowns: [UpstreamConsumer: CoolDown] = [:]
        var counts = UpstreamGuardCounts()
    }

    private let features: Features
    private let state: Mutex<State>

    /// - Parameter maximumConcurrency: connections to the upstream.
    package init(_ features: Features = .all, maximumConcurrency: Int) {
        self.features = features
        state = Mutex(State(concurrency: AdaptiveConcurrency(maximum: maximumConcurrency)))
    }

    /// May a call of this consumer be sent? Nil for the calls of nobody.
    package func admit(_ consumer: UpstreamConsumer?, now: Int64) -> UpstreamGate {
        state.withLock { state in
            let gate = state.admit(consumer, features, now)
            if case .closed(let reason, _) = gate { state.counts[reason] += 1 }
            return gate
        }
    }

    /// The attempt with this pass has ended, and the same call would be sent once more: asked like any other call, and taken
    /// from the budget of second attempts. Nil: it must not be sent. The old pass is used up either way.
    ///
    /// - Parameter chance: random bits; drawn after failures only.
    package func admitAgain(
        after pass: UpstreamPass, _ ending: UpstreamEnding, now: Int64, chance: @autoclosure () -> UInt64
    ) -> UpstreamPass? {
        let chance = ending.isFailure ? chance() : 0
        return state.withLock { state in
            state.end(pass, ending, features, now, chance)
            return state.admitAgain(pass.consumer, features, now)
        }
    }

    /// The call with this pass was not sent after all.
    package func giveBack(_ pass: UpstreamPass, now: Int64) {
        ended(pass, .unknown, now: now, chance: 0)
    }

    /// The call with this pass has ended; once for each pass.
    ///
    /// - Parameter chance: random bits; drawn after failures only.
    package func ended(
        _ pass: UpstreamPass, _ ending: UpstreamEnding, now: Int64, chance: @autoclosure () -> UInt64
    ) {
        let chance = ending.isFailure ? chance() : 0
        state.withLock { $0.end(pass, ending, features, now, chance) }
    }

    package func status(now: Int64) -> UpstreamGuardStatus {
        state.withLock { state in
            let pauses = state.coolDowns.filter { !$0.value.isOver(now) }
                .map { UpstreamGuardStatus.Pause(consumer: $0.key.key, coolDown: $0.value) }
                .sorted { ($0.consumer.tenant, $0.consumer.name) < ($1.consumer.tenant, $1.consumer.name) }
            return UpstreamGuardStatus(
                breaker: state.breaker.phase, openings: state.breaker.openings, concurrency: state.concurrency,
                retriesLeft: state.retries.available, pauses: pauses, counts: state.counts)
        }
    }
}

extension UpstreamGuard.State {
    fileprivate mutating func admit(
        _ consumer: UpstreamConsumer?, _ features: UpstreamGuard.Features, _ now: Int64
    ) -> UpstreamGate {
        var pass = UpstreamPass(consumer: consumer)
        // The narrowest first, so that nothing is taken that has to be given back.
        if !coolDowns.isEmpty, let consumer, var coolDown = coolDowns[consumer] {
            if coolDown.isOver(now) {
                coolDowns[consumer] = nil
            } else {
                switch coolDown.admit(now) {
                case .paused(let until): return .closed(.paused, until: until)
                case .opening: return .closed(.opening, until: nil)
                case .goes: pass.isOpening = true
                }
            }
            if pass.isOpening { return admitOpening(pass, consumer, coolDown, features, now) }
        }
        return admitAny(pass, features, now)
    }

    fileprivate mutating func admitAgain(
        _ consumer: UpstreamConsumer?, _ features: UpstreamGuard.Features, _ now: Int64
    ) -> UpstreamPass? {
        let hasBudget = features.contains(.retryBudget)
        // Looked at first, so that nothing is taken that has to be given back.
        guard !hasBudget || retries.available > 0 else {
            counts.retriesRefused += 1
            return nil
        }
        switch admit(consumer, features, now) {
        case .closed(let reason, _):
            counts[reason] += 1
            return nil
        case .open(var pass):
            if hasBudget { _ = retries.takeRetry() }
            pass.isSecond = true
            return pass
        }
    }

    /// A call of the opening is counted there only if everything else lets it go.
    private mutating func admitOpening(
        _ pass: UpstreamPass, _ consumer: UpstreamConsumer, _ coolDown: CoolDown, _ features: UpstreamGuard.Features,
        _ now: Int64
    ) -> UpstreamGate {
        let gate = admitAny(pass, features, now)
        if case .open = gate { coolDowns[consumer] = coolDown }
        return gate
    }

    private mutating func admitAny(
        _ pass: UpstreamPass, _ features: UpstreamGuard.Features, _ now: Int64
    ) -> UpstreamGate {
        var pass = pass
        if features.contains(.adaptiveConcurrency), !concurrency.hasRoom { return .closed(.busy, until: nil) }
        if features.contains(.breaker) {
            switch breaker.admit(now) {
            case .goes: break
            case .goesAsProbe: pass.isProbe = true
            case .refused(let until): return .closed(.circuitOpen, until: until)
            }
        }
        if features.contains(.adaptiveConcurrency) { concurrency.begin() }
        return .open(pass)
    }

    fileprivate mutating func end(
        _ pass: UpstreamPass, _ ending: UpstreamEnding, _ features: UpstreamGuard.Features, _ now: Int64,
        _ chance: UInt64
    ) {
        switch (ending, pass.isSecond) {
        case (.unknown, true): retries.giveBack()
        case (.unknown, false), (_, true): break
        case (_, false): retries.firstAttempt()
        }
        if features.contains(.adaptiveConcurrency) { concurrency.ended(ending.forConcurrency, now: now) }
        if features.contains(.breaker) {
            if ending == .unknown {
                if pass.isProbe { breaker.probeAbandoned(now) }
            } else {
                breaker.ended(isFailure: ending.isFailure, isProbe: pass.isProbe, now: now, chance: chance)
            }
        }
        guard features.contains(.pauses), let consumer = pass.consumer else { return }
        if pass.isOpening { coolDowns[consumer]?.ended(isGood: ending == .answered) }
        guard case .asksForPause(let wait, _) = ending else { return }
        counts.pauses += 1
        if coolDowns[consumer] == nil || coolDowns[consumer]?.isOver(now) ?? true {
            coolDowns[consumer] = CoolDown(wait: wait, now: now)
        } else {
            coolDowns[consumer]?.extend(wait: wait, now: now)
        }
    }
}
