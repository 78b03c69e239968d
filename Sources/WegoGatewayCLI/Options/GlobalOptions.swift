// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Foundation
import Settings

/// What every command understands.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file.",
            discussion: "Otherwise $WEGO_GATEWAY_CONFIG, then ./wego-gateway.json if it exists, then the defaults.",
            valueName: "file"))
    var config: String?

    @Flag(help: "Print one JSON object, or one per line.")
    var json = false

    static let defaultFile = "wego-gateway.json"

    var output: EntryOutput { EntryOutput(isJSON: json) }

    func settings(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> GatewaySettings {
        try GatewaySettings.load(
            file: configurationFile(environment), environment: environment,
            currentDirectory: FileManager.default.currentDirectoryPath)
    }

    /// The file that decides, nil for the defaults.
    func configurationFile(_ environment: [String: String]) -> String? {
        if let config { return config }
        if let named = environment[GatewaySettings.configFileVariable], !named.isEmpty { return named }
        return FileManager.default.fileExists(atPath: Self.defaultFile) ? Self.defaultFile : nil
    }
}

/// Whose entry it is.
struct TenantOption: ParsableArguments {
    @Option(help: ArgumentHelp("The tenant. May be left out while there is only one.", valueName: "name"))
    var tenant: String?
}
