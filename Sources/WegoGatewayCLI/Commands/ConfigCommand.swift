// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Curl
import Foundation
import Secrets
import Settings
import WegoWise

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Look at the configuration in effect.",
        discussion: """
            Every key can also be set by an environment variable: upstream.base_url by WEGO_GATEWAY_UPSTREAM_BASE_URL.

            Examples:
              wego-gateway config check --config /etc/wego-gateway.json
              wego-gateway config show
              wego-gateway config show --describe
            """,
        subcommands: [Check.self, Show.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the configuration and report every mistake in it.")

        @OptionGroup var global: GlobalOptions

        func run() throws {
            let environment = ProcessInfo.processInfo.environment
            let settings = try global.settings(environment: environment)
            // What `serve` makes of it later, it must be able to make.
            _ = try UpstreamOrigin(settings)
            _ = try RouteCatalogue(settings)
            try Self.checkFiles(settings)
            let file = global.configurationFile(environment)
            global.output.done(
                "The configuration is valid (\(file ?? "defaults, no file")).",
                .members(["ok": .bool(true), "file": .text(file)]))
        }

        /// A file the configuration names must be there; the root key need not, before `init`.
        static func checkFiles(_ settings: GatewaySettings) throws {
            _ = try SecretReference(settings.masterKey)
            if let path = settings.caFilePath { try AuthorityFile(path: path).check(missing: .usage) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the configuration in effect, defaults and environment included.")

        @Flag(help: "Explain every key instead: meaning, accepted values, environment variable.") var describe = false
        @OptionGroup var global: GlobalOptions

        func run() throws {
            let settings = try global.settings()
            guard describe else { return Terminal.line(settings.json(indented: !global.json)) }
            for key in SettingsTable.keys {
                Terminal.line(
                    """
                    \(key.path) = \(key.text(settings))
                        \(key.summary)
                        Expects \(key.expectation).
                        Environment: \(key.environmentName)
                    """)
            }
        }
    }
}
