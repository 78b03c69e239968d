// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane
import Secrets

extension UserCommand {
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store the access token of a home user.",
            discussion: """
                Token and token secret come from files, or one of them from standard input (-). Both are stored \
                sealed and never shown again. --token puts the token on the command line, where other users of the \
                machine may see it for a moment; --token-file does not.

                Example:
                  wego-gateway user import alice --consumer app \\
                    --token-file alice.token --secret-file alice.secret
                """)

        @Argument(help: "Your name for the home user; it stands in URLs: /users/NAME/api/v1/...") var name: String
        @Option(help: ArgumentHelp("The consumer the token was issued to.", valueName: "name")) var consumer: String
        @Option(help: ArgumentHelp("The access token (oauth_token).", valueName: "token")) var token: String?
        @Option(help: ArgumentHelp("The file that holds the access token; - for standard input.", valueName: "file"))
        var tokenFile: String?
        @Option(help: ArgumentHelp("The file that holds the token secret; - for standard input.", valueName: "file"))
        var secretFile: String
        @Flag(help: "The token may create home users.") var developer = false
        @Flag(help: "Replace the credential of a home user that exists.") var replace = false
        @OptionGroup var owner: TenantOption
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard (token == nil) != (tokenFile == nil) else {
                throw ValidationError("Give the token with either --token-file FILE or --token TOKEN.")
            }
            guard tokenFile != "-" || secretFile != "-" else {
                throw ValidationError("Only one of --token-file and --secret-file can be standard input.")
            }
        }

        func run() async throws {
            let token =
                try token.map { Secret(utf8: $0) } ?? SecretInput(subject: "token", path: tokenFile ?? "-").read()
            let tokenSecret = try SecretInput(subject: "token secret", path: secretFile).read()
            let body = JSONTree.members([
                "name": .string(name), "tenant": .text(owner.tenant), "consumer": .string(consumer),
                "token": .secret(token), "token_secret": .secret(tokenSecret), "developer": .bool(developer),
                "replace": .bool(replace),
            ])
            try await AdminConnection.with(global.settings()) { admin in
                global.output.done("Imported home user \(name).", try await admin.send(.post, ["users"], body: body))
            }
        }
    }
}
