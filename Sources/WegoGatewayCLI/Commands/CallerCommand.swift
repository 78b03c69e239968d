// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane
import StrictJSON

struct CallerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "caller",
        abstract: "Backend services that may use the gateway, and their keys.",
        discussion: """
            A key is printed once, when it is made; the gateway keeps only a digest.

            Examples:
              wego-gateway caller add billing
              wego-gateway caller add report --users alice,bob --scopes read
              wego-gateway caller rotate billing    # the old key works until the next one
            """,
        subcommands: [Add.self, List.self, Rotate.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a caller and print its key, once.")

        @Argument(help: "Its name.") var name: String
        @Option(help: ArgumentHelp("Home users it may act for, separated by commas; * for all.", valueName: "names"))
        var users = "*"
        @Option(help: ArgumentHelp("Some of read, write, users, connect, separated by commas.", valueName: "scopes"))
        var scopes = "read,write"
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let names = users.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let body = JSONTree.members([
                "name": .string(name), "tenant": .text(owner.tenant), "users": .strings(names),
                "scopes": .string(scopes),
            ])
            try await AdminConnection.with(global.settings()) { admin in
                CallerCommand.show(try await admin.send(.post, ["callers"], body: body), global)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List callers, without their keys.")

        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                let callers = try await admin.send(.get, ["callers"], query: [("tenant", owner.tenant)])
                global.output.list(
                    callers, "callers", columns: ["caller", "tenant", "users", "scopes", "key_ids", "created"])
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a caller a new key and print it, once; the old one stays valid until the next rotation.")

        @Argument(help: "Its name.") var name: String
        @Flag(help: "Make all older keys invalid at once.") var dropPrevious = false
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let body = JSONTree.members(["tenant": .text(owner.tenant), "drop_previous": .bool(dropPrevious)])
            try await AdminConnection.with(global.settings()) { admin in
                CallerCommand.show(try await admin.send(.post, ["callers", name, "rotate"], body: body), global)
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove a caller; its keys stop working at once.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                try await admin.send(.delete, ["callers", name], query: [("tenant", owner.tenant)])
                global.output.done("Removed caller \(name).", .members(["removed": .string(name)]))
            }
        }
    }

    /// The key alone on standard output, so that it can be piped where it belongs.
    private static func show(_ answer: JSONValue, _ global: GlobalOptions) {
        global.output.done(EntryOutput.text(answer["key"]), answer)
        guard !global.json else { return }
        Terminal.write("This is the only time the key is shown. Keep it where the service finds it.\n", to: .errors)
    }
}
