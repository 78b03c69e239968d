// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Settings
import Testing

/// Keys whose values are lists and objects.
struct ConnectSettingsTests {
    private func read(_ json: String, _ environment: [String: String] = [:]) throws -> GatewaySettings {
        try GatewaySettings.read(file: Array(json.utf8), environment: environment, baseDirectory: "")
    }

    @Test func readsRoutesFromFileAndEnvironment() throws {
        let expected = #"{"a.b": ["/api/v1/x"], "c": ["/api/v1/y", "/api/v1/z"]}"#
        let file = #"{"upstream": {"routes": {"a.b": "/api/v1/x", "c": ["/api/v1/y","/api/v1/z"]}}}"#
        #expect(try read(file).upstream.routes == expected)
        #expect(try read("{}", ["WEGO_GATEWAY_UPSTREAM_ROUTES": expected]).upstream.routes == expected)
    }

    @Test(arguments: [
        #"{"upstream": {"routes": []}}"#, #"{"upstream": {"routes": {"a": 1}}}"#,
        #"{"upstream": {"routes": {"a": [1]}}}"#, #"{"upstream": {"unknown_paths": "maybe"}}"#,
        #"{"oauth": {"return_to": "https://a.example"}}"#, #"{"oauth": {"return_to": ["http://a.example"]}}"#,
        #"{"oauth": {"return_to": ["https://a.example/path"]}}"#, #"{"oauth": {"session_lifetime": "1s"}}"#,
        #"{"oauth": {"session_lifetime": "2d"}}"#,
    ])
    func namesTheKeyOfAMistake(json: String) throws {
        let error = try #require(throws: SettingsError.self) { try read(json) }
        #expect(error.description.contains("upstream.") || error.description.contains("oauth."))
    }

    @Test func readsOrigins() throws {
        let settings = try read("{}", ["WEGO_GATEWAY_OAUTH_RETURN_TO": "https://a.example,http://localhost:3000"])
        #expect(settings.oauth.returnTo.map(\.description) == ["https://a.example", "http://localhost:3000"])
    }
}
