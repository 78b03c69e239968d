// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane
import Foundation
import Secrets
import Settings
import StrictJSON

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create the state directory, a root key, an empty store and, if missing, a configuration file.",
        discussion: """
            Nothing that exists is overwritten. Keep a copy of the root key apart from the state directory: without it \
            no stored credential can be opened, by anybody.

            Examples:
              wego-gateway init
              wego-gateway init --config /etc/wego-gateway/wego-gateway.json

            With --sandbox the gateway is made for a sandbox that runs with its files in DIRECTORY: it knows the tenant \
            'sandbox' with all users, and DIRECTORY/caller.header holds the key of a caller who may do everything:
              wego-gateway sandbox --directory sandbox --samples &
              wego-gateway init --sandbox sandbox
            """)

    @Option(help: ArgumentHelp("Make it ready for the sandbox that runs there.", valueName: "directory"))
    var sandbox: String?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var environment = ProcessInfo.processInfo.environment
        let file = global.configurationFile(environment) ?? GlobalOptions.defaultFile
        let isNewFile = !FileManager.default.fileExists(atPath: file)
        let provisioning = sandbox.map(SandboxProvisioning.init)
        if let provisioning {
            guard isNewFile else {
                throw CommandFailure(
                    .usage, "There is already a configuration \(file); nothing was changed.",
                    next: "Name another one with --config, or leave --sandbox out.")
            }
            environment.merge(try await provisioning.environment()) { $1 }
        }
        let settings = try GatewaySettings.load(
            file: isNewFile ? nil : file, environment: environment, currentDirectory: directory(of: file, isNewFile))
        let state = StatePreparation(settings: settings, environment: environment)
        let madeKey = try state.create()
        if isNewFile { try writeConfiguration(settings, to: file) }
        try await provisioning?.provision(settings)
        report(settings, file: file, madeKey: madeKey, header: provisioning?.callerFile)
    }

    /// Relative paths start at the configuration file, also at the one about to be written.
    private func directory(of file: String, _ isNewFile: Bool) -> String {
        let current = FileManager.default.currentDirectoryPath
        guard isNewFile else { return current }
        return URL(filePath: file, relativeTo: URL(filePath: current + "/")).deletingLastPathComponent()
            .path(percentEncoded: false).trimmingSlash
    }

    /// The few keys people change; the others follow the defaults of the version that runs.
    private func writeConfiguration(_ settings: GatewaySettings, to file: String) throws {
        let authority = settings.caFilePath.map { ",\n    \"ca_file\": \(JSONText.quoted($0))" } ?? ""
        let text = """
            {
              "listen": {
                "address": \(JSONText.quoted(settings.listen.address.description))
              },
              "upstream": {
                "base_url": \(JSONText.quoted(settings.upstream.baseURL.description))\(authority)
              }
            }

            """
        try NewFile.write(Array(text.utf8), to: file, what: "configuration file")
    }

    private func report(_ settings: GatewaySettings, file: String, madeKey: String?, header: String?) {
        let sentence = """
            Created the store in \(settings.stateDirectoryPath).
            Root key: \(madeKey.map { "\($0) (keep a copy elsewhere)" } ?? settings.masterKey)
            Configuration: \(file)
            Next: \(header == nil ? "wego-gateway tenant add NAME" : "wego-gateway serve")
            """
        global.output.done(
            sentence,
            .members([
                "config": .string(file), "state_directory": .string(settings.stateDirectoryPath),
                "master_key": .text(madeKey), "caller_header": .text(header),
            ]))
    }
}

extension String {
    fileprivate var trimmingSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
