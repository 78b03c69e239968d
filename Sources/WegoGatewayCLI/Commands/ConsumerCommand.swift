// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane

struct ConsumerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consumer",
        abstract: "A tenant's registration with WegoWise: consumer key and consumer secret.",
        discussion: """
            The secret is read from a file or, named -, from standard input. It is stored sealed and never shown again.

            Examples:
              wego-gateway consumer add app --key CONSUMER_KEY --secret-file secret.txt
              pass show wegowise/app |
                wego-gateway consumer add app --key CONSUMER_KEY --secret-file -
              wego-gateway consumer rotate app --key NEW_KEY --secret-file -
            """,
        subcommands: [Add.self, List.self, Rotate.self, Remove.self])

    /// The credential WegoWise issued.
    struct Credential: ParsableArguments {
        @Option(help: ArgumentHelp("The consumer key (oauth_consumer_key).", valueName: "key")) var key: String
        @Option(help: ArgumentHelp("The file that holds the consumer secret; - for standard input.", valueName: "file"))
        var secretFile: String

        func members() throws -> [JSONTree.Member] {
            let secret = try SecretInput(subject: "consumer secret", path: secretFile).read()
            return [.init("key", .string(key)), .init("secret", .secret(secret))]
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a consumer.")

        @Argument(help: "Your name for it.") var name: String
        @OptionGroup var credential: Credential
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let members =
                try [.init("name", .string(name)), .init("tenant", .text(owner.tenant))] + credential.members()
            try await AdminConnection.with(global.settings()) { admin in
                let consumer = try await admin.send(.post, ["consumers"], body: .object(members))
                global.output.done("Added consumer \(name).", consumer)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List consumers, without their secrets.")

        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                let consumers = try await admin.send(.get, ["consumers"], query: [("tenant", owner.tenant)])
                global.output.list(
                    consumers, "consumers", columns: ["consumer", "tenant", "key", "version", "created"])
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a consumer a new key and secret.",
            discussion: "Home users imported before keep the old ones, because their tokens were issued under those.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var credential: Credential
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let members = try [.init("tenant", .text(owner.tenant))] + credential.members()
            try await AdminConnection.with(global.settings()) { admin in
                let consumer = try await admin.send(.post, ["consumers", name, "rotate"], body: .object(members))
                global.output.done("Rotated consumer \(name).", consumer)
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove a consumer that no home user belongs to.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AdminConnection.with(global.settings()) { admin in
                try await admin.send(.delete, ["consumers", name], query: [("tenant", owner.tenant)])
                global.output.done("Removed consumer \(name).", .members(["removed": .string(name)]))
            }
        }
    }
}
