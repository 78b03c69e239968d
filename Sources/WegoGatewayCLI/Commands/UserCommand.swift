// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Home users: whom calls are made for, and with which access token.",
        discussion: """
            Examples:
              wego-gateway user import alice --consumer app \\
                --token-file alice.token --secret-file alice.secret
              wego-gateway user list
              wego-gateway user freeze alice --reason "billing dispute"
              wego-gateway user revoke alice     # erases the credential for good
            """,
        subcommands: [
            Import.self, List.self, Show.self, Freeze.self, Thaw.self, Revoke.self, Remove.self, Quarantine.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List home users, without their secrets.")

        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                let users = try await admin.send(.get, ["users"], query: [("tenant", owner.tenant)])
                global.output.list(
                    users, "users", columns: ["user", "tenant", "consumer", "developer", "state", "since"])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one home user, without its secrets.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                global.output.show(try await admin.send(.get, ["users", name], query: [("tenant", owner.tenant)]))
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove a home user and everything stored about it.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                try await admin.send(.delete, ["users", name], query: [("tenant", owner.tenant)])
                global.output.done("Removed home user \(name).", .members(["removed": .string(name)]))
            }
        }
    }
}
