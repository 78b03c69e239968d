// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane

extension UserCommand {
    /// The part that freezing, thawing and revoking have in common.
    struct StateChange: ParsableArguments {
        @Argument(help: "Its name.") var name: String
        @Option(help: ArgumentHelp("Why, in one line; shown with the state.", valueName: "text")) var reason: String?
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func apply(_ state: String, saying sentence: String) async throws {
            let body = JSONTree.members([
                "tenant": .text(owner.tenant), "state": .string(state), "reason": .text(reason),
            ])
            try await AdminConnection.with(global.settings()) { admin in
                global.output.done(sentence, try await admin.send(.post, ["users", name, "state"], body: body))
            }
        }
    }

    struct Freeze: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse calls for a home user until it is thawed; the credential is kept.")

        @OptionGroup var change: StateChange

        func run() async throws {
            try await change.apply("frozen", saying: "Froze home user \(change.name). Undo with `user thaw`.")
        }
    }

    struct Thaw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let calls for a frozen home user through again.")

        @OptionGroup var change: StateChange

        func run() async throws {
            try await change.apply("active", saying: "Thawed home user \(change.name).")
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase a home user's credential for good; only a new import brings it back.")

        @OptionGroup var change: StateChange

        func run() async throws {
            try await change.apply("revoked", saying: "Revoked home user \(change.name); its credential is erased.")
        }
    }
}
