// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

/// What the gateway needs to serve, and whether it has it. Written by the parts, read by `/readyz`.
package final class Readiness: Sendable {
    /// The parts `/readyz` names.
    package enum Component: String, Sendable, CaseIterable {
        case store
        case journal = "audit_journal"
        case upstreamEngine = "upstream_engine"
        case listener
    }

    package enum Condition: String, Sendable {
        case starting, ready, failed
    }

    private struct State {
        var conditions: [Component: Condition] = [:]
        var watches: [Component: @Sendable () -> String?] = [:]
        var details: [(name: String, tree: @Sendable () -> JSONTree?)] = []
        var isDraining = false
        var hasStarted = false
    }

    private let state = Mutex(State())

    package init() {}

    package func set(_ component: Component, _ condition: Condition) {
        state.withLock { $0.conditions[component] = condition }
        noteStart()
    }

    /// For a part that is asked instead of telling, so that what is told is never older than the question.
    ///
    /// - Parameter problem: nil when all is well; else what is wrong, for everybody to read. Cheap, from any thread.
    package func watch(_ component: Component, _ problem: @escaping @Sendable () -> String?) {
        state.withLock { $0.watches[component] = problem }
        noteStart()
    }

    /// More for whoever reads `/readyz`, while there is something to say. It does not make the gateway ready or not.
    package func detail(_ name: String, _ tree: @escaping @Sendable () -> JSONTree?) {
        state.withLock { $0.details.append((name, tree)) }
    }

    /// For good: a gateway that stops does not come back.
    package func drain() {
        state.withLock { $0.isDraining = true }
    }

    /// Whether new work is welcome.
    package var isReady: Bool { report.isReady }

    /// Whether it was ready once; start-up probes ask for nothing else.
    package var hasStarted: Bool { state.withLock { $0.hasStarted } }

    package var tree: JSONTree {
        let report = report
        let components = Component.allCases.map { component in
            JSONTree.Member(component.rawValue, .string((report.conditions[component] ?? .starting).rawValue))
        }
        var members: [JSONTree.Member] = [
            .init("ready", .bool(report.isReady)), .init("draining", .bool(report.isDraining)),
            .init("components", .object(components)),
        ]
        let problems = Component.allCases.compactMap { component in
            report.problems[component].map { JSONTree.Member(component.rawValue, .string($0)) }
        }
        if !problems.isEmpty { members.append(.init("problems", .object(problems))) }
        for detail in state.withLock({ $0.details }) {
            if let tree = detail.tree() { members.append(.init(detail.name, tree)) }
        }
        return .object(members)
    }

    /// All parts at one moment, the watched ones asked.
    private struct Report {
        var conditions: [Component: Condition]
        var problems: [Component: String] = [:]
        let isDraining: Bool

        var isReady: Bool { !isDraining && Component.allCases.allSatisfy { conditions[$0] == .ready } }
    }

    private var report: Report {
        let state = state.withLock { $0 }
        var report = Report(conditions: state.conditions, isDraining: state.isDraining)
        for (component, problem) in state.watches {
            report.problems[component] = problem()
            report.conditions[component] = report.problems[component] == nil ? .ready : .failed
        }
        return report
    }

    private func noteStart() {
        if isReady { state.withLock { $0.hasStarted = true } }
    }
}
