// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Where calls ask: this process's own limiter, or a store that several share and what to do without it.
package struct LimitDesk: Sendable {
    package enum Answer: Sendable {
        case decided(LimitDecision, by: Counter)
        /// The shared store does not answer, and calls are refused then.
        case unavailable
    }

    /// Who counted the call, and so takes it back.
    package enum Counter: Sendable, Equatable {
        case own
        case shared
        case nobody
    }

    private struct Shared {
        let store: any LimitStore
        let onFailure: LimitFailureBehaviour
    }

    package let own: Limiter

    /// Whether others have to be asked.
    package var isShared: Bool { shared != nil }
    private let shared: Shared?

    package init(_ own: Limiter) {
        self.own = own
        shared = nil
    }

    package init(shared store: any LimitStore, onFailure: LimitFailureBehaviour, own: Limiter = Limiter()) {
        self.own = own
        shared = Shared(store: store, onFailure: onFailure)
    }

    /// The answer if it needs nobody else; else nil, and `ask` is the way.
    package func answerNow(_ request: LimitRequest, now: Int64) -> Answer? {
        shared == nil ? .decided(own.admit(request, now: now), by: .own) : nil
    }

    /// The completion comes on any thread, possibly at once, and exactly once.
    package func ask(_ request: LimitRequest, now: Int64, then completion: @escaping @Sendable (Answer) -> Void) {
        guard let shared else { return completion(.decided(own.admit(request, now: now), by: .own)) }
        shared.store.admit(request, now: now) { [own] result in
            switch (result, shared.onFailure) {
            case (.success(let decision), _): completion(.decided(decision, by: .shared))
            case (.failure, .closed): completion(.unavailable)
            case (.failure, .open): completion(.decided(LimitDecision(), by: .nobody))
            case (.failure, .local): completion(.decided(own.admit(request, now: now), by: .own))
            }
        }
    }

    /// A call that was admitted has ended.
    package func release(_ subjects: LimitSubjects, taken: LimitKinds, from counter: Counter) {
        switch counter {
        case .own: own.release(subjects, taken: taken)
        case .shared: shared?.store.release(subjects, taken: taken)
        case .nobody: break
        }
    }
}
