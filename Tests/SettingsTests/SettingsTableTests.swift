// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Settings
import StrictJSON
import RateLimits
import Testing

struct SettingsTableTests {
    private static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func theExampleShowsEveryKeyWithItsDefault() throws {
        let example = try String(contentsOf: Self.repository.appending(path: "config.example.json"), encoding: .utf8)
        #expect(example == GatewaySettings(baseDirectory: "").json() + "\n")
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var settings = GatewaySettings(baseDirectory: "/d")
        settings.listen.unixSocket = "run/\"quoted\".sock"
        settings.listen.hosts = ["a.example", "b.example:1"]
        settings.upstream.caFile = "ca.pem"
        settings.upstream.timeout = .milliseconds(61_500)
        settings.oauth.callbackURL = "https://gateway.example/oauth/callback"
        settings.oauth.returnTo = [try #require(HTTPOrigin("https://app.example:8443"))]
        settings.oauth.sessionLifetime = .seconds(60)
        settings.upstream.routes = #"{"wego_home.users.create": ["/api/v1/a", "/api/v1/b"]}"#
        settings.upstream.unknownPaths = .refuse
        settings.limits.tenant.windows = [Rate(permits: 5_000, per: .day), Rate(permits: 9, per: .second)]
        settings.limits.consumer.shadow = true
        settings.limits.fairShare = false
        settings.limits.waiting.usual = .milliseconds(1_500)
        for indented in [true, false] {
            let text = settings.json(indented: indented)
            #expect(try GatewaySettings.read(file: Array(text.utf8), environment: [:], baseDirectory: "/d") == settings)
        }
    }

    /// The names other documents rely on.
    @Test(arguments: [
        ("listen.address", #""127.0.0.1:8787""#), ("listen.unix_socket", "null"), ("listen.hosts", "[]"),
        ("admin.unix_socket", #""state/admin.sock""#), ("ops.address", #""127.0.0.1:8788""#),
        ("state_directory", #""state""#), ("master_key", #""file:state/master.key""#),
        ("upstream.base_url", #""https://www.wegowise.com""#), ("upstream.ca_file", "null"),
        ("upstream.connect_timeout", #""3s""#), ("upstream.timeout", #""30s""#), ("upstream.max_connections", "64"),
        ("limits.home_user.rate", #""120/min""#), ("limits.home_user.burst", "30"),
        ("limits.home_user.concurrency", "8"), ("audit.directory", #""state/audit""#),
        ("limits.home_user.windows", "[]"), ("limits.home_user.shadow", "false"),
        ("limits.tenant.rate", #""4800/min""#), ("limits.tenant.burst", "800"), ("limits.tenant.concurrency", "256"),
        ("limits.fair_share", "true"), ("limits.waiting.default", #""0s""#), ("limits.waiting.longest", #""20s""#),
        ("limits.waiting.per_consumer", "128"), ("limits.waiting.total", "512"),
        ("upstream.protection.pauses", "true"), ("upstream.protection.circuit_breaker", "true"),
        ("upstream.protection.adaptive_concurrency", "true"), ("upstream.protection.retry_budget", "true"),
        ("oauth.callback_url", "null"), ("oauth.return_to", "[]"), ("oauth.session_lifetime", #""15m""#),
        ("upstream.routes", "{}"), ("upstream.unknown_paths", #""forward""#),
        ("audit.durability", #""strict""#), ("validation", #""lenient""#), ("log.level", #""info""#),
    ])
    func promisedDefaultsHold(path: String, text: String) throws {
        let key = try #require(SettingsTable.keys.first { $0.path == path })
        #expect(key.text(GatewaySettings(baseDirectory: "")) == text)
    }

    @Test(arguments: SettingsTable.keys.map(\.path))
    func everyKeySaysWhatItIsFor(path: String) throws {
        let key = try #require(SettingsTable.keys.first { $0.path == path })
        #expect(key.summary.hasSuffix(".") && key.summary.count > 15)
        #expect(path.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || (97...122).contains($0) })
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: SettingsError.self) {
            try GatewaySettings.load(file: "absent.json", environment: [:], currentDirectory: "/nonexistent")
        }
        #expect(error?.description == "/nonexistent/absent.json: there is no such file")
    }

    @Test func relativePathsStartAtTheFile() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(#"{"upstream": {"ca_file": "ca.pem"}, "state_directory": "/var/lib/wego"}"#.utf8)
            .write(to: directory.appending(path: "gateway.json"))
        let settings = try GatewaySettings.load(
            file: "gateway.json", environment: [:], currentDirectory: directory.path())
        #expect(settings.baseDirectory == directory.path())
        #expect(settings.caFilePath == directory.path() + "/ca.pem")
        #expect(settings.stateDirectoryPath == "/var/lib/wego")
        #expect(settings.adminSocketPath == directory.path() + "/state/admin.sock")
    }
}
