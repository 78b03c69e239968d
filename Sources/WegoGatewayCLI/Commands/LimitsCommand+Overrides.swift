// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane
import RateLimits
import StrictJSON

extension LimitsCommand {
    /// Whose limits.
    struct LimitedObjectOptions: ParsableArguments {
        @Argument(help: "Its name.") var name: String
        @Option(help: "What it is.") var kind = LimitKind.homeUser
        @OptionGroup var owner: TenantOption

        var path: [String] { ["limits", kind.rawValue, name] }
        var text: String { "\(kind.rawValue.replacing("-", with: " ")) \(name)" }
    }

    struct SetLimits: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Give one home user, caller, tenant or consumer limits of its own.",
            discussion: """
                What is named changes, at once and also in a running gateway; the rest of an earlier `limits set` stays. \
                For what was never named the configured defaults hold. --window may be repeated; together they replace \
                the earlier ones.

                Examples:
                  wego-gateway limits set alice --rate 60/min --burst 10
                  wego-gateway limits set alice --window 5000/day --window 900/h
                  wego-gateway limits set nightly --kind caller --concurrency 4 --shadow
                """)

        enum Mode: String, EnumerableFlag {
            case shadow
            case enforce

            static func help(for value: Mode) -> ArgumentHelp? {
                switch value {
                case .shadow: "Only count and log what would be refused."
                case .enforce: "Refuse what is over the limits."
                }
            }
        }

        @OptionGroup var object: LimitedObjectOptions
        @Option(help: ArgumentHelp("Calls in the long run, like 60/min (units s, min, h, d).", valueName: "rate"))
        var rate: String?
        @Option(help: ArgumentHelp("Calls at once after a pause.", valueName: "count")) var burst: Int?
        @Option(help: ArgumentHelp("Calls in flight at one time.", valueName: "count")) var concurrency: Int?
        @Option(name: .customLong("window"), help: ArgumentHelp("A further rate, like 5000/day.", valueName: "rate"))
        var windows: [String] = []
        @Flag(exclusivity: .exclusive) var mode: Mode?
        @Option(help: ArgumentHelp("Why, in one line; shown with the limits.", valueName: "text")) var note: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard rate != nil || burst != nil || concurrency != nil || !windows.isEmpty || mode != nil else {
                throw ValidationError(
                    "Give at least one of --rate, --burst, --concurrency, --window, --shadow and --enforce.")
            }
        }

        func run() async throws {
            let body = JSONTree.members([
                "tenant": .text(object.owner.tenant), "rate": .text(rate), "burst": Self.number(burst),
                "concurrency": Self.number(concurrency), "windows": windows.isEmpty ? .null : .strings(windows),
                "mode": .text(mode?.rawValue), "note": .text(note),
            ])
            try await AdminConnection.with(global.settings()) { admin in
                do {
                    let limits = try await admin.send(.patch, object.path, body: body)
                    global.output.done("Limits of \(object.text): \(Self.sentence(limits["effective"])).", limits)
                } catch let problem as AdminProblem {
                    throw Self.namingOption(problem)
                }
            }
        }

        private static func number(_ number: Int?) -> JSONTree { number.map { .int(Int64($0)) } ?? .null }

        /// The limits as they hold: `60/min, burst 10, 4 at once, 5000/d, enforced`.
        static func sentence(_ terms: JSONValue?) -> String {
            func part(_ member: String, _ text: (String) -> String) -> String? {
                let shown = EntryOutput.text(terms?[member])
                return shown == "-" || shown.isEmpty ? nil : text(shown)
            }
            let parts = [
                part("rate") { $0 }, part("burst") { "burst \($0)" }, part("concurrency") { "\($0) at once" },
                part("windows") { $0.replacing(",", with: ", ") },
                part("mode") { $0 == "shadow" ? "only counted (shadow)" : "enforced" },
            ]
            return parts.compactMap(\.self).joined(separator: ", ")
        }

        /// What is wrong is told by the body's member; here it is an option.
        static func namingOption(_ problem: AdminProblem) -> AdminProblem {
            for (member, option) in options where problem.detail.hasPrefix(member + ": ") {
                return AdminProblem(
                    status: problem.status, kind: problem.kind, title: problem.title,
                    detail: option + problem.detail.dropFirst(member.count))
            }
            return problem
        }

        private static let options = [
            "rate": "--rate", "burst": "--burst", "concurrency": "--concurrency", "windows": "--window",
            "tenant": "--tenant",
        ]
    }

    struct Clear: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the configured defaults hold again.",
            discussion: """
                Example:
                  wego-gateway limits clear nightly --kind caller
                """)

        @OptionGroup var object: LimitedObjectOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                try await admin.send(.delete, object.path, query: [("tenant", object.owner.tenant)])
                global.output.done(
                    "The defaults hold for \(object.text) again.",
                    .members(["cleared": .string(object.name), "kind": .string(object.kind.rawValue)]))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List who has limits that differ from the configured defaults, and in what.")

        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                let limits = try await admin.send(.get, ["limits"], query: [("tenant", owner.tenant)])
                global.output.list(
                    limits, "overrides",
                    columns: ["kind", "name", "tenant", "rate", "burst", "concurrency", "windows", "mode", "note"])
            }
        }
    }
}

extension LimitKind: ExpressibleByArgument {}
