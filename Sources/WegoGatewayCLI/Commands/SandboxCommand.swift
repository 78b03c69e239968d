// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane
import Logging
import Sandbox
import ServiceLifecycle

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run a strict stand-in for WegoWise on this machine: OAuth 1.0 and its API, in memory.",
        discussion: """
            It answers all of wego_home and wego_data, the reads of wego_pro, and scripted faults: docs/sandbox.md.

            With --directory the sandbox writes what its clients need, one value per file: ca.pem, consumer.key, \
            consumer.secret, users/NAME.token and users/NAME.secret. Files of an earlier run are used again. Every \
            request and the verdict on its signature is told on standard error.

            Examples:
              wego-gateway sandbox --directory sandbox
              wego-gateway sandbox --http --port 9000 --directory sandbox --users alice,bob
              wego-gateway sandbox --directory sandbox --data-users meters --samples

            Then let the gateway use it:
              export WEGO_GATEWAY_UPSTREAM_BASE_URL=https://127.0.0.1:8443
              export WEGO_GATEWAY_UPSTREAM_CA_FILE=sandbox/ca.pem
              wego-gateway serve
            """)

    @Option(help: ArgumentHelp("The loopback address to listen on.", valueName: "host")) var address = "127.0.0.1"
    @Option(help: ArgumentHelp("The port to listen on; 0 for any free one.", valueName: "port")) var port = 8443
    @Flag(help: "Speak HTTPS (the default).") var https = false
    @Flag(help: "Speak plain HTTP.") var http = false
    @Option(help: ArgumentHelp("Where credentials and certificate are kept.", valueName: "directory"))
    var directory: String?
    @Option(help: ArgumentHelp("Home users that exist from the start, separated by commas.", valueName: "names"))
    var users = "alice"
    @Option(help: ArgumentHelp("Data-only users that exist from the start, likewise.", valueName: "names"))
    var dataUsers = ""
    @Flag(help: "Begin with buildings, meters and bills to read instead of nothing.") var samples = false
    @Flag(help: "Do not tell every request.") var quiet = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !(http && https) else { throw ValidationError("Choose one of --http and --https.") }
    }

    func run() async throws {
        let sink = LogSink()
        defer { sink.close() }
        let server = SandboxServer(configuration: try configuration(sink))
        let isJSON = global.json
        let group = ServiceGroup(
            services: [SandboxService(server: server) { Announcement(sandbox: $0).write(asJSON: isJSON) }],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: .silent)
        try await group.run()
    }

    private func configuration(_ sink: LogSink) throws -> SandboxConfiguration {
        var configuration = try SandboxConfiguration.seeded(
            homeUsers: users.split(separator: ",").map(String.init),
            dataUsers: dataUsers.split(separator: ",").map(String.init), credentialDirectory: directory)
        configuration.hasSamples = samples
        configuration.host = address
        configuration.port = port
        configuration.tls = !http
        configuration.logger = Logger(label: "sandbox") { _ in
            LineLogHandler(sink: sink, format: .text, level: .warning)
        }
        if !quiet { configuration.onVerdict = { sink.write(Array("sandbox: \($0)\n".utf8)) } }
        return configuration
    }
}

private struct SandboxService: Service {
    let server: SandboxServer
    let onReady: @Sendable (SandboxAddress) -> Void

    func run() async throws {
        try await server.run(onReady: onReady)
    }
}
