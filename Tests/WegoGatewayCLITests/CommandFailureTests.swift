// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Curl
import Custody
import Sandbox
import Secrets
import Settings
import Testing

@testable import WegoGatewayCLI

struct CommandFailureTests {
    @Test(arguments: [
        (CustodyError.notFound(kind: .tenant, name: "x") as any Error, CommandStatus.usage),
        (CustodyError.alreadyExists(kind: .caller, name: "x"), .usage), (CustodyError.stillInUse(reason: "r."), .usage),
        (CustodyError.inUse(path: "p"), .unavailable),
        (CustodyError.wrongRootKey(expected: "a", got: "b"), .unavailable),
        (CustodyError.missing(path: "p"), .unavailable), (CustodyError.tampered(what: "row"), .checkFailed),
        (SettingsError.unreadable(file: "f", reason: "gone"), .unavailable),
        (SecretReferenceError.noSuchVariable("X"), .unavailable),
        (ListenError(key: "ops.address", place: "127.0.0.1:1", reason: .inUse), .unavailable),
        (SandboxError.badPort(-1), .usage), (SandboxError.cannotListen(address: "a", reason: "r"), .unavailable),
        (AdminProblem(status: 500, kind: "internal", title: "t", detail: "d"), .unavailable),
        (AdminProblem(status: 501, kind: "capture-unavailable", title: "t", detail: "d"), .usage),
        (AdminProblem.invalid("d"), .usage),
    ])
    func everyErrorHasItsExitCode(error: any Error, status: CommandStatus) throws {
        let failure = try #require(CommandFailure(error))
        #expect(failure.status == status)
        #expect(!failure.what.isEmpty)
    }

    @Test func tellsWhatHappenedThenWhatToDo() throws {
        let failure = try #require(CommandFailure(CustodyError.notFound(kind: .consumer, name: "app")))
        #expect(failure.what == "There is no consumer named \"app\".")
        #expect(failure.next?.contains("wego-gateway consumer") == true)
    }

    @Test func namesEveryBadKey() throws {
        let error = #expect(throws: SettingsError.self) {
            try GatewaySettings.read(
                file: Array(#"{"a": 1, "log": {"level": 5}}"#.utf8), environment: [:], baseDirectory: "/")
        }
        let failure = CommandFailure(try #require(error))
        #expect(failure.what.split(separator: "\n").count == 2)
        #expect(failure.status == .usage)
    }

    @Test func anUnsuitableEngineIsExplained() {
        #expect(CommandFailure(EngineError.unreadableCAFile(path: "/ca.pem")).what.hasPrefix("upstream.ca_file: "))
        #expect(CommandFailure(EngineError.unsuitableLibrary(version: "x")).status == .unavailable)
    }

    @Test(arguments: [
        (200, nil, CommandStatus.done), (302, nil, .done), (404, nil, .checkFailed), (502, nil, .checkFailed),
        (502, "upstream-unreachable", .unavailable), (504, "upstream-timeout", .unavailable),
        (401, "caller-key-invalid", .checkFailed),
    ])
    func callsEndWithTheirVerdict(status: Int, problem: String?, exit: CommandStatus) throws {
        let own = problem.map { AdminProblem(status: status, kind: $0, title: "t", detail: "d").tree.bytes }
        let headers = JSONTree.array([
            .members([
                "name": .string("Content-Type"),
                "value": .string(own == nil ? "text/plain" : "application/problem+json"),
            ])
        ])
        let answer = CalledAnswer(status: status, headers: try parse(headers).elements ?? [], body: own ?? [])
        #expect(answer.exitStatus == exit)
    }
}
