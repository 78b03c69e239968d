// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

@testable import Settings

struct SettingsReaderTests {
    private func read(_ json: String, environment: [String: String] = [:]) throws(SettingsError) -> GatewaySettings {
        try GatewaySettings.read(file: Array(json.utf8), environment: environment, baseDirectory: "/etc/wego")
    }

    private func problems(_ json: String, environment: [String: String] = [:]) -> [String] {
        do throws(SettingsError) {
            _ = try read(json, environment: environment)
            return []
        } catch {
            guard case .invalid(let problems) = error else { return ["\(error)"] }
            return problems.map(\.description)
        }
    }

    @Test func anEmptyObjectMeansTheDefaults() throws {
        #expect(try read("{}") == GatewaySettings(baseDirectory: "/etc/wego"))
    }

    @Test func readsEverySort() throws {
        let settings = try read(
            """
            {"listen": {"address": "[::1]:0", "hosts": ["Gateway.internal:8787"], "max_request_body": "16KiB",
                        "idle_timeout": "250ms", "unix_socket": "run/wego.sock"},
             "upstream": {"base_url": "http://127.0.0.1:9000", "ca_file": null},
             "limits": {"caller": {"rate": "5000/d", "burst": 7}},
             "audit": {"durability": "paranoid"}, "validation": "off"}
            """)
        #expect(settings.listen.address == LoopbackAddress("[::1]:0"))
        #expect(settings.listen.hosts == ["gateway.internal:8787"])
        #expect(settings.listen.maxRequestBody.bytes == 16_384)
        #expect(settings.listen.idleTimeout == .milliseconds(250))
        #expect(settings.listenSocketPath == "/etc/wego/run/wego.sock")
        #expect(settings.upstream.baseURL.description == "http://127.0.0.1:9000")
        #expect(settings.limits.caller == .init(rate: Rate(permits: 5_000, per: .day), burst: 7, concurrency: 64))
        #expect(settings.audit.durability == .paranoid)
        #expect(settings.validation == .off)
    }

    @Test(arguments: [
        (
            #"{"limits": {"home_user": {"burst": "ten"}}}"#,
            #"limits.home_user.burst: expected a whole number of at least 1 and at most 1000000, found "ten""#
        ),
        (
            #"{"limits": {"home_user": {"burst": 0}}}"#,
            "limits.home_user.burst: expected a whole number of at least 1 and at most 1000000, found 0"
        ),
        (
            #"{"limits": {"home_user": {"burst": 5000000}}}"#,
            "limits.home_user.burst: expected a whole number of at least 1 and at most 1000000, found 5000000"
        ),
        (
            #"{"limits": {"home_user": {"burst": 1.5}}}"#,
            "limits.home_user.burst: expected a whole number of at least 1 and at most 1000000, found 1.5"
        ),
        (
            #"{"limits": {"home_user": {"rate": "120"}}}"#,
            #"limits.home_user.rate: expected a rate, like "120/min" (units s, min, h, d), found "120""#
        ),
        (
            #"{"upstream": {"timeout": 30}}"#,
            #"upstream.timeout: expected a duration with its unit (ms, s, m, h, d) from "1ms" to "1h", like "30s", "#
                + "found 30"
        ),
        (
            #"{"listen": {"max_request_body": "1MB"}}"#,
            #"listen.max_request_body: expected a size with its unit (B, KiB, MiB, GiB) from "1KiB" to "64MiB", "#
                + #"like "1MiB", found "1MB""#
        ),
        (
            #"{"listen": {"address": "0.0.0.0:8787"}}"#,
            #"listen.address: expected a loopback address with its port, like "127.0.0.1:8787" (or [::1], localhost), "#
                + #"found "0.0.0.0:8787""#
        ),
        (
            #"{"validation": "harsh"}"#,
            #"validation: expected one of "lenient", "strict", "off", found "harsh""#
        ),
        (#"{"limits": 5}"#, "limits: expected an object, found a number"),
        (
            #"{"limits": {"tenant": {"windows": ["5000/d", "1/day"]}}}"#,
            "limits.tenant.windows: expected an array of at most 3 rates, like [\"5000/d\"], one for each unit "
                + "(s, min, h, d), found an array"
        ),
        (
            #"{"limits": {"consumer": {"burst": 3}}}"#,
            "limits.consumer.burst: expected at least 4 with limits.fair_share, since home users of a consumer that lets "
                + "fewer calls go at once cannot be kept out of each other's way"
        ),
        (#"{"limits": {"fair_share": "yes"}}"#, #"limits.fair_share: expected true or false, found "yes""#),
        (#"{"listen": {"adress": "127.0.0.1:1"}}"#, "listen.adress: unknown key; did you mean listen.address?"),
        (#"{"listen.address": "127.0.0.1:1"}"#, "listen.address: unknown key; did you mean listen.address?"),
        (#"{"lisen": {}}"#, "lisen: unknown key; did you mean listen?"),
        (#"{"completely": {"other": 1}}"#, "completely: unknown key"),
        (
            #"{"listen": {"address": null}}"#,
            #"listen.address: expected a loopback address with its port, like "127.0.0.1:8787" (or [::1], localhost), "#
                + "found null"
        ),
        (#"{"validation": "off", "validation": "off"}"#, "validation: the member stands twice at byte 34"),
        ("[]", "expected a JSON object, found an array"),
        ("", "expected a value, found the end of the text at byte 0"),
    ])
    func namesWhatIsWrong(json: String, problem: String) {
        #expect(problems(json) == [problem])
    }

    @Test func findsAllProblemsInOneGo() {
        let found = problems(
            #"{"log": {"level": "loud"}, "wat": 1, "ops": {"address": "x"}}"#,
            environment: [
                "WEGO_GATEWAY_LOG_FORMAT": "xml"
            ])
        #expect(found.count == 4)
        #expect(found.allSatisfy { $0.contains(": ") })
    }

    @Test func neverRepeatsWhatMayBeASecret() {
        let json = #"{"master_key": "wgmk1:00c0ffee", "upstream": {"base_url": "https://user:00c0ffee@host"}}"#
        let found = problems(json)
        #expect(found.count == 2)
        #expect(!found.joined().contains("c0ffee"))
    }

    @Test func longTextsAreCut() {
        #expect(problems(#"{"validation": ""# + String(repeating: "x", count: 5_000) + #""}"#)[0].utf8.count < 200)
    }

    @Test(arguments: [
        (#"{"ops": {"address": "127.0.0.1:8787"}}"#, "ops.address: expected another address than listen.address"),
        (#"{"upstream": {"connect_timeout": "1m"}}"#, "upstream.connect_timeout: expected at most upstream.timeout"),
        (
            #"{"listen": {"unix_socket": "state/admin.sock"}}"#,
            "listen.unix_socket: expected another path than admin.unix_socket"
        ),
        (
            #"{"limits": {"home_user": {"rate": "1/d", "burst": 1000000}}}"#,
            "limits.home_user.burst: expected at most 365, what limits.home_user.rate (1/d) permits in a year"
        ),
        (
            #"{"audit": {"second_directory": "state/audit"}}"#,
            "audit.second_directory: expected another directory than audit.directory"
        ),
        (
            #"{"audit": {"second_directory": "/m/a", "checkpoint_copies": "/m/a"}}"#,
            "audit.checkpoint_copies: expected another directory than audit.second_directory"
        ),
    ])
    func refusesContradictions(json: String, problem: String) {
        #expect(problems(json) == [problem])
    }

    @Test func refusesSocketPathsTheSystemCannotHold() {
        let found = problems(#"{"admin": {"unix_socket": "/"# + String(repeating: "d", count: 120) + #""}}"#)
        #expect(found.count == 1)
        #expect(found[0].contains("admin.unix_socket") && found[0].contains("at most 107"))
    }
}
