// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane

extension UserCommand {
    struct Quarantine: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Settle answers to creations whose credential could not be stored.",
            discussion: """
                WegoWise created the user, and its answer waits sealed because it could not be read or the store failed. \
                No command shows it: say where in it token and secret are, and they are taken out inside.

                Examples:
                  wego-gateway user quarantine list
                  wego-gateway user quarantine show ID
                  wego-gateway user quarantine resolve ID \\
                    --token-member /user/oauth_token_key \\
                    --secret-member /user/oauth_token_secret
                  wego-gateway user quarantine discard ID --yes
                """,
            subcommands: [List.self, Show.self, Resolve.self, Discard.self])

        struct List: AsyncParsableCommand {
            static let configuration = CommandConfiguration(abstract: "List the answers that wait.")

            @OptionGroup var owner: TenantOption
            @OptionGroup var global: GlobalOptions

            func run() async throws {
                try await AdminConnection.with(global.settings()) { admin in
                    let answers = try await admin.send(.get, ["quarantine"], query: [("tenant", owner.tenant)])
                    global.output.list(
                        answers, "answers", columns: ["id", "user", "tenant", "since", "bytes", "reason"])
                }
            }
        }

        struct Show: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Show where an answer has which kind of value, never the values.")

            @Argument(help: "Its id, from the list.") var id: String
            @OptionGroup var global: GlobalOptions

            func run() async throws {
                try await AdminConnection.with(global.settings()) { admin in
                    let answer = try await admin.send(.get, ["quarantine", id])
                    guard !global.json else { return global.output.show(answer) }
                    for line in answer["outline"]?.elements ?? [] { Terminal.line(line.string ?? "") }
                }
            }
        }

        struct Discard: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Erase an answer and the credential in it, for good. The user stays as it is.")

            @Argument(help: "Its id, from the list.") var id: String
            @Flag(help: "Really do it.") var yes = false
            @OptionGroup var global: GlobalOptions

            func validate() throws {
                guard yes else {
                    throw ValidationError("The credential in the answer is lost for good then. Add --yes to go on.")
                }
            }

            func run() async throws {
                try await AdminConnection.with(global.settings()) { admin in
                    try await admin.send(.delete, ["quarantine", id])
                    global.output.done("Discarded answer \(id).", .members(["discarded": .string(id)]))
                }
            }
        }
    }
}
