// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

/// What the gateway needs to serve, and whether it has it. Written by the parts, read by `/readyz`.
package final class Readiness: Sendable {
    /// The parts `/readyz` names.
    package enum Component: String, Sendable, CaseIterable {
        case store
        case upstreamEngine = "upstream_engine"
        case listener
    }

    package enum Condition: String, Sendable {
        case starting, ready, failed
    }

    private struct State {
        var conditions: [Component: Condition] = [:]
        var isDraining = false
        var hasStarted = false
    }

    private let state = Mutex(State())

    package init() {}

    package func set(_ component: Component, _ condition: Condition) {
        state.withLock { state in
            state.conditions[component] = condition
            if Self.isReady(state) { state.hasStarted = true }
        }
    }

    /// For good: a gateway that stops does not come back.
    package func drain() {
        state.withLock { $0.isDraining = true }
    }

    /// Whether new work is welcome.
    package var isReady: Bool { state.withLock { Self.isReady($0) } }

    /// Whether it was ready once; start-up probes ask for nothing else.
    package var hasStarted: Bool { state.withLock { $0.hasStarted } }

    package var tree: JSONTree {
        let state = state.withLock { $0 }
        let components = Component.allCases.map { component in
            JSONTree.Member(component.rawValue, .string((state.conditions[component] ?? .starting).rawValue))
        }
        return .members([
            "ready": .bool(Self.isReady(state)), "draining": .bool(state.isDraining), "components": .object(components),
        ])
    }

    private static func isReady(_ state: State) -> Bool {
        !state.isDraining && Component.allCases.allSatisfy { state.conditions[$0] == .ready }
    }
}
