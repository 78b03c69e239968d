// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser

struct TenantCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant",
        abstract: "Owners of consumers, home users and callers; nothing is shared between them.",
        discussion: """
            Examples:
              wego-gateway tenant add acme
              wego-gateway tenant list
              wego-gateway tenant rm acme        # refused while it has home users
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a tenant.")

        @Argument(help: "Its name: letters, digits and . _ @ -, at most 64.") var name: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                let tenant = try await admin.send(.post, ["tenants"], body: .members(["name": .string(name)]))
                global.output.done("Added tenant \(name).", tenant)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all tenants.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                global.output.list(try await admin.send(.get, ["tenants"]), "tenants", columns: ["tenant", "created"])
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove a tenant with its consumers and callers.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                try await admin.send(.delete, ["tenants", name])
                global.output.done("Removed tenant \(name).", .members(["removed": .string(name)]))
            }
        }
    }
}
