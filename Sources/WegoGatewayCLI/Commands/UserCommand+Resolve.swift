// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane

extension UserCommand.Quarantine {
    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the credential out of an answer and make the user active.",
            discussion: """
                Either name the members of the answer that hold token and secret, as JSON pointers (see `show`), or give \
                a credential that you have from WegoWise otherwise.
                """)

        @Argument(help: "Its id, from the list.") var id: String
        @Option(help: ArgumentHelp("Where the token is, like /oauth_token_key.", valueName: "pointer"))
        var tokenMember: String?
        @Option(help: ArgumentHelp("Where the token secret is, like /oauth_token_secret.", valueName: "pointer"))
        var secretMember: String?
        @Option(help: ArgumentHelp("A file that holds the token; - for standard input.", valueName: "file"))
        var tokenFile: String?
        @Option(help: ArgumentHelp("A file that holds the token secret; - for standard input.", valueName: "file"))
        var secretFile: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            let isByMember = tokenMember != nil && secretMember != nil && tokenFile == nil && secretFile == nil
            let isByFile = tokenMember == nil && secretMember == nil && tokenFile != nil && secretFile != nil
            guard isByMember || isByFile else {
                throw ValidationError(
                    "Give --token-member and --secret-member, or --token-file and --secret-file.")
            }
            guard tokenFile != "-" || secretFile != "-" else {
                throw ValidationError("Only one of --token-file and --secret-file can be standard input.")
            }
        }

        func run() async throws {
            let body = try body()
            try await AdminConnection.with(global.settings()) { admin in
                let user = try await admin.send(.post, ["quarantine", id, "resolve"], body: body)
                global.output.done("The credential is stored: \(EntryOutput.text(user["user"])) is active.", user)
            }
        }

        private func body() throws -> JSONTree {
            guard let tokenFile, let secretFile else {
                return .members(["token_member": .text(tokenMember), "secret_member": .text(secretMember)])
            }
            return .members([
                "token": .secret(try SecretInput(subject: "token", path: tokenFile).read()),
                "token_secret": .secret(try SecretInput(subject: "token secret", path: secretFile).read()),
            ])
        }
    }
}
