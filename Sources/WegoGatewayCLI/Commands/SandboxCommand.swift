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
            It answers all of wego_home and wego_data, the public utility companies and the reads of wego_pro, with \
            WegoWise's messages, and has a consent page for the three-legged flow. Everything is in memory and gone when \
            it ends.

            With --directory the sandbox writes what its clients need, one value per file: ca.pem, consumer.key, \
            consumer.secret, users/NAME.token and users/NAME.secret. Files of an earlier run are used again. Every \
            request and the verdict on its signature is told on standard error.

            Seed data: a handful of utility companies and a developer's account are always there. With --samples the \
            first two home users have a home each with two meters and a year of bills, data-only users two meters, the \
            developer an organization with two buildings.

            Develop against it:
              wego-gateway sandbox --directory sandbox --users alice,bob --samples &
              wego-gateway init --sandbox sandbox
              wego-gateway serve

            Faults are scripted with POST /_sandbox/faults, unsigned, from this machine: {"match": {"method", \
            "path_prefix", "user"}, "fault": {...}, "times": 1} with one of
              {"status": 503, "body": {"errors": "x"}, "headers": {"A": "b"}}
              {"retry_after": 3}                       429 with Retry-After
              {"delay": "250ms"}                       also together with another one
              {"cut": "after-read"}                    or before-head, mid-head, mid-body
              {"skew": "-600s"}                        the service's clock is off
              {"stray": "HTTP/1.1 408 ..."}            bytes on the idle connection

            GET and DELETE /_sandbox/faults list and remove them; GET and DELETE /_sandbox/requests is the log of what \
            arrived; GET /_sandbox/users; POST /_sandbox/revoke {"user": "alice"} ends tokens; POST /_sandbox/reset goes \
            back to the start. docs/sandbox.md tells more, and what of all this is guessed.
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
