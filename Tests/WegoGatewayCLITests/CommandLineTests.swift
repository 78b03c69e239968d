// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Testing

@testable import WegoGatewayCLI

struct CommandLineTests {
    private func parse(_ line: String) throws -> any ParsableCommand {
        try WegoGateway.parseAsRoot(line.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        "init", "serve --json", "serve --config /etc/w.json", "sandbox --http --port 0 --directory d --users a,b",
        "config check", "config show --describe", "tenant add acme", "tenant list --json", "tenant rm acme",
        "consumer add app --key k --secret-file - --tenant t", "consumer list",
        "consumer rotate app --key k --secret-file f",
        "consumer rm app", "user import a --consumer c --token t --secret-file -", "user list --tenant t",
        "user show a",
        "user import a --consumer c --token-file f --secret-file - --developer --replace", "user freeze a --reason why",
        "user thaw a", "user revoke a", "user rm a", "caller add b --users a,c --scopes read", "caller list",
        "caller rotate b --drop-previous", "caller rm b", "call a GET /api/v1/x --data @f --tenant t",
        "sign explain a GET /x", "audit tail -f -n 3 --caller b", "audit query --user a --receipts",
        "audit query --from 2h --until 2031-05-04 --status 5xx --decision refused --csv", "audit export --tenant t",
        "audit verify --public-key f --checkpoints g --directory d --json", "audit reindex --index i",
        "limits show a --tenant t", "limits list --tenant t --json",
        "limits set a --rate 60/min --burst 10 --concurrency 4 --window 5000/day --window 9/h --shadow --note why",
        "limits set c --kind caller --enforce --tenant t", "limits clear t --kind tenant --json", "routes --json",
        "sandbox --samples --data-users m,n",
    ])
    func understands(line: String) throws {
        _ = try parse(line)
    }

    @Test(arguments: [
        "bogus", "tenant add", "tenant add a b", "consumer add app --key k", "consumer add app --secret s",
        "consumer add app --key k --secret-file f --secret s", "user import a --consumer c --secret-file f",
        "user import a --consumer c --token t --token-file f --secret-file g",
        "user import a --consumer c --token-file - --secret-file -", "call a GET", "sandbox --http --https",
        "sign explain a GET", "audit query --from yesterday", "audit query --status 99", "audit query --receipts",
        "audit query --csv --json", "audit query --decision maybe", "audit tail -n -1",
        "serve --port 1", "limits set", "limits set a", "limits set a --kind home --burst 1",
        "limits set a --burst ten", "limits set a --burst 99999999999999999999", "limits set a --burst -1",
        "limits set a --shadow --enforce", "limits set a --concurrency 1.5", "limits set a --rate", "limits clear",
        "limits clear a --kind everything",
    ])
    func usageErrorsEndWithOne(line: String) throws {
        let error = try #require(throws: (any Error).self) { try parse(line) }
        #expect(WegoGateway.exitCode(for: error) == .validationFailure)
        #expect(CommandFailure(error) == nil)
    }

    /// Help teaches: every command says what it does, and each group shows how it is used.
    @Test func everyCommandExplainsItself() {
        func check(_ command: any ParsableCommand.Type) {
            #expect(!command.configuration.abstract.isEmpty, "\(command)")
            command.configuration.subcommands.forEach(check)
        }
        check(WegoGateway.self)
        for group in WegoGateway.configuration.subcommands where group != SignCommand.self {
            #expect(group.configuration.discussion.contains("wego-gateway "), "\(group)")
        }
    }

    @Test func examplesFitTheScreen() {
        func check(_ command: any ParsableCommand.Type) {
            for line in command.configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(line.count <= 80, "\(line)")
            }
            command.configuration.subcommands.forEach(check)
        }
        check(WegoGateway.self)
    }

    @Test func theFileIsFoundInOrder() throws {
        let named = try GlobalOptions.parse(["--config", "a.json"])
        #expect(named.configurationFile(["WEGO_GATEWAY_CONFIG": "b.json"]) == "a.json")
        let bare = try GlobalOptions.parse([])
        #expect(bare.configurationFile(["WEGO_GATEWAY_CONFIG": "b.json"]) == "b.json")
        #expect(bare.configurationFile(["WEGO_GATEWAY_CONFIG": ""]) == nil)
    }
}
