// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Foundation

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            The first line on standard output tells the addresses, once all of them accept connections; logs go to \
            standard error. SIGTERM and SIGINT stop it: /readyz says no, no new connection is taken, calls in flight \
            end within shutdown.drain_timeout.

            Examples:
              wego-gateway serve
              wego-gateway serve --config /etc/wego-gateway.json --json
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let settings = try global.settings(environment: environment)
        let log = LogOutput(settings.log)
        defer { log.sink.close() }
        let composition = try Composition(settings, environment: environment, log: log)
        composition.readiness.set(.store, .ready)
        composition.readiness.set(.upstreamEngine, .ready)
        let isJSON = global.json
        let services = GatewayServices(
            composition: composition, settings: settings, notification: ServiceNotification(environment: environment),
            log: log, announce: { $0.write(asJSON: isJSON) })
        let result: Result<Void, any Error>
        do {
            result = .success(try await services.run())
        } catch {
            result = .failure(error)
        }
        await composition.shutDown()
        try result.get()
    }
}
