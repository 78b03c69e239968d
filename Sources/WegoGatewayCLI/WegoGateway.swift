// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser

struct WegoGateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wego-gateway",
        abstract: "Signs and forwards calls to WegoWise, so that no service ever holds a WegoWise secret.",
        discussion: """
            A first run, against the built-in stand-in for WegoWise:

              wego-gateway sandbox --directory sandbox &
              wego-gateway init
              wego-gateway tenant add acme
              wego-gateway consumer add app --key "$(cat sandbox/consumer.key)" \\
                --secret-file sandbox/consumer.secret
              wego-gateway user import alice --consumer app \\
                --token-file sandbox/users/alice.token \\
                --secret-file sandbox/users/alice.secret
              wego-gateway caller add billing      # prints the caller's key, once
              export WEGO_GATEWAY_UPSTREAM_BASE_URL=https://127.0.0.1:8443
              export WEGO_GATEWAY_UPSTREAM_CA_FILE=sandbox/ca.pem
              wego-gateway serve &
              curl -H "Authorization: Bearer wgk_..." \\
                http://127.0.0.1:8787/users/alice/oauth/user

            Commands work on a running gateway through its admin socket, and open the store themselves when none runs.
            Exit codes: 0 done, 1 usage, 2 a check failed, 3 something needed could not be reached or opened.
            """,
        version: GatewayVersion.text,
        subcommands: [
            InitCommand.self, ServeCommand.self, SandboxCommand.self, ConfigCommand.self, TenantCommand.self,
            ConsumerCommand.self, UserCommand.self, CallerCommand.self, CallCommand.self, SignCommand.self,
            ConnectCommand.self, LimitsCommand.self, AuditCommand.self, RoutesCommand.self,
        ])
}

enum GatewayVersion {
    static let text = "0.1.0"
}
