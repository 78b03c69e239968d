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
        subcommands: [Show.self, SetLimits.self, Clear.self, List.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the limits that hold for a home user.",
            discussion: """
                Only a running gateway counts; without one everything is left.

                Example:
                  wego-gateway limits show alice
                """)

        @Argument(help: "The home user.") var name: String
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings(), sending: true) { admin in
                let user = try await OperatorCallAnswer.json(
                    of: admin, user: name, tenant: owner.tenant, method: "GET", path: "/")
                global.output.list(
                    user, "limits", columns: ["policy", "quota", "window_seconds", "burst", "remaining"])
            }
        }
    }
}
