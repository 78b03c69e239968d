// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Settings

struct SettingsEnvironmentTests {
    private func read(_ environment: [String: String], json: String? = nil) throws(SettingsError) -> GatewaySettings {
        try GatewaySettings.read(file: json.map { Array($0.utf8) }, environment: environment, baseDirectory: "/srv")
    }

    @Test func winsOverTheFile() throws {
        let settings = try read(
            [
                "WEGO_GATEWAY_UPSTREAM_BASE_URL": "https://sandbox.example:8443",
                "WEGO_GATEWAY_LIMITS_HOME_USER_BURST": "9",
            ],
            json: #"{"upstream": {"base_url": "https://other.example"}, "limits": {"home_user": {"burst": 3}}}"#)
        #expect(settings.upstream.baseURL == HTTPOrigin("https://sandbox.example:8443"))
        #expect(settings.limits.homeUser.burst == 9)
    }

    /// Each key is given the text of its default, so each must be understood and change nothing.
    @Test(arguments: SettingsTable.keys.map(\.path))
    func reachesEveryKey(path: String) throws {
        let key = try #require(SettingsTable.keys.first { $0.path == path })
        let defaults = GatewaySettings(baseDirectory: "/srv")
        var text = key.text(defaults)
        if text.hasPrefix("\"") { text = String(text.dropFirst().dropLast()) }
        if text == "null" || text == "[]" { text = "" }
        #expect(try read([key.environmentName: text]) == defaults)
        if key.expectation != "a path", !key.expectation.hasPrefix("a path,") {
            let error = #expect(throws: SettingsError.self) { try read([key.environmentName: "\u{1}nonsense"]) }
            #expect(error?.description.contains("\(key.environmentName) (\(path)): expected") == true)
        }
    }

    @Test func listsAreSeparatedByCommas() throws {
        let settings = try read(["WEGO_GATEWAY_LISTEN_HOSTS": "a.example,b.example:81"])
        #expect(settings.listen.hosts == ["a.example", "b.example:81"])
    }

    @Test func namesUnknownVariables() {
        let error = #expect(throws: SettingsError.self) { try read(["WEGO_GATEWAY_LOG_LEVLE": "info"]) }
        #expect(
            error?.description
                == "WEGO_GATEWAY_LOG_LEVLE: unknown environment variable; did you mean WEGO_GATEWAY_LOG_LEVEL?")
    }

    @Test func leavesOtherVariablesAlone() throws {
        let settings = try read(["PATH": "/bin", "WEGO_GATEWAYX": "1", "WEGO_GATEWAY_CONFIG": "/etc/x.json"])
        #expect(settings == GatewaySettings(baseDirectory: "/srv"))
    }

    @Test func theRootKeyMayComeFromAnyVariable() throws {
        let settings = try read(["WEGO_GATEWAY_ROOT": "wgmk1:...", "WEGO_GATEWAY_MASTER_KEY": "env:WEGO_GATEWAY_ROOT"])
        #expect(settings.masterKey == "env:WEGO_GATEWAY_ROOT")
    }

    @Test func namesOfVariablesAreUnique() {
        #expect(Set(SettingsTable.keys.map(\.environmentName)).count == SettingsTable.keys.count)
    }
}
