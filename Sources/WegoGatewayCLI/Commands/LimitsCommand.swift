// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane
import StrictJSON

struct LimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits",
        abstract: "How much a home user may call, how much of it is left, and limits that differ from the defaults.",
        discussion: """
            Examples:
              wego-gateway limits show alice
              wego-gateway limits set alice --rate 60/min --burst 10
              wego-gateway limits list
              wego-gateway limits clear alice
            """,
        subcommands: [Show.self, SetLimits.self, Clear.self, List.self, Simulate.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the limits that hold for a home user, or how calls to WegoWise fare.",
            discussion: """
                Only a running gateway counts calls and knows how they fare.

                Examples:
                  wego-gateway limits show alice
                  wego-gateway limits show
                """)

        @Argument(help: "The home user; without one, the upstream's state.") var name: String?
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            guard let name else { return try await showUpstream() }
            try await AdminConnection.with(global.settings()) { admin in
                let standing = try await admin.send(
                    .get, ["users", name, "limits"], query: [("tenant", owner.tenant)])
                global.output.list(
                    standing, "limits",
                    columns: ["policy", "quota", "window_seconds", "burst", "remaining", "full_in_seconds"])
            }
        }

        private func showUpstream() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                let upstream = try await admin.send(.get, ["upstream"])
                guard !global.json else { return global.output.show(upstream) }
                let members = (upstream.members ?? []).filter { $0.key != "pauses" }
                for (key, value) in members {
                    Terminal.line("\(key.replacing("_", with: " ")): \(EntryOutput.text(value))")
                }
                guard upstream["pauses"]?.elements?.isEmpty == false else { return Terminal.line("no consumer pauses") }
                global.output.list(
                    upstream, "pauses", columns: ["tenant", "consumer", "state", "seconds_left", "calls_at_once"])
            }
        }
    }
}
