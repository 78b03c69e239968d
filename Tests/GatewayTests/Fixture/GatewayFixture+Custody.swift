// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import TestSupport
import Testing

@testable import Gateway

extension GatewayFixture {
    var north: TenantName {
        get throws { try #require(TenantName("north")) }
    }

    /// Gives north a developer, "dev".
    func addDeveloper() throws {
        try store.importHomeUser(
            try #require(HomeUserName("dev")), in: north, consumer: try #require(ConsumerName("main")),
            token: Secret(utf8: "dev-token-0004"),
            tokenSecret: Secret(utf8: Self.tokenSecret), isDeveloper: true)
    }

    /// Gives north's alice a second credential.
    func replaceCredentialOfAlice() throws {
        _ = try store.importHomeUser(
            try #require(HomeUserName("alice")), in: north, consumer: try #require(ConsumerName("main")),
            token: Secret(utf8: "second-token-0005"), tokenSecret: Secret(utf8: "second-secret-0006"),
            isDeveloper: false, replacing: true)
    }

    func setState(_ state: HomeUserState, of name: String) throws {
        _ = try store.setState(state, reason: nil, of: try #require(HomeUserName(name)), in: north)
    }

    func user(_ name: String) -> HomeUser? { access(name)?.user }

    func credential(of name: String) -> HomeUserCredential? { access(name)?.credential }

    private func access(_ name: String) -> HomeUserAccess? {
        guard let name = HomeUserName(name), let north = try? north else { return nil }
        return store.snapshot.homeUser(name, in: north)
    }

    /// Makes every later change to a table of the store fail, as a full disk would.
    func breakTable(_ table: String) async throws {
        let script = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], timeout=20)
            for event in ("INSERT", "UPDATE", "DELETE"):
                database.execute(f"CREATE TRIGGER broken_{event} BEFORE {event} ON {sys.argv[2]} "
                                 "BEGIN SELECT RAISE(ABORT, 'out of order'); END")
            database.commit()
            """
        try await python(script, table)
    }

    /// Changes the store's file from outside.
    func meddle(_ statement: String) async throws {
        let script = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], timeout=20)
            database.execute(sys.argv[2])
            database.commit()
            """
        try await python(script, statement)
    }

    private func python(_ script: String, _ argument: String) async throws {
        let python = try await ChildProcess(
            "/usr/bin/python3", ["-c", script, directory.file("store") + "/custody.sqlite", argument])
        #expect(try await python.exitStatus() == 0, "\(python.errors.text)")
    }
}
