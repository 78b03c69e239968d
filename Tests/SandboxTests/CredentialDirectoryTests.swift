// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Secrets
import TestSupport
import Testing

@testable import Sandbox

struct CredentialDirectoryTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    private func text(_ secret: Secret) -> String { secret.expose { String(decoding: $0, as: UTF8.self) } }

    @Test func writesOneValuePerFile() throws {
        let temporary = try TemporaryDirectory("sandbox")
        let path = temporary.file("credentials")
        let configuration = try SandboxConfiguration.seeded(
            homeUsers: ["alice", "bob@home"], credentialDirectory: path)
        try CredentialDirectory(path).write(configuration)
        #expect(try mode(path) == 0o700)
        #expect(try mode(path + "/users") == 0o700)
        let users = ["developer", "alice", "bob@home"]
        let files =
            ["consumer.key", "consumer.secret"] + users.flatMap { ["users/\($0).token", "users/\($0).secret"] }
        for file in files {
            #expect(try mode("\(path)/\(file)") == 0o600)
            #expect(try temporary.read("credentials/\(file)").wholeMatch(of: /[0-9a-f]{40}/) != nil)
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: path).count == files.count + 1)
        #expect(try temporary.read("credentials/consumer.key") == configuration.consumers[0].key)
    }

    @Test func anEarlierRunIsContinued() throws {
        let temporary = try TemporaryDirectory("sandbox")
        let first = try SandboxConfiguration.seeded(credentialDirectory: temporary.path)
        try CredentialDirectory(temporary.path).write(first)
        let second = try SandboxConfiguration.seeded(homeUsers: ["alice", "new"], credentialDirectory: temporary.path)
        #expect(second.consumers[0].key == first.consumers[0].key)
        #expect(second.consumers[0].secret.isEqual(to: first.consumers[0].secret))
        for index in 0...1 { #expect(second.tokens[index].pair.token.isEqual(to: first.tokens[index].pair.token)) }
        #expect(second.tokens[2].username == "new")
    }

    @Test func credentialsAreRandom() throws {
        let (first, second) = (try SandboxConfiguration.seeded(), try SandboxConfiguration.seeded())
        #expect(first.consumers[0].key != second.consumers[0].key)
        #expect(!first.tokens[0].pair.secret.isEqual(to: first.tokens[1].pair.secret))
        #expect(first.tokens.map(\.kind) == [.developer, .home])
    }

    @Test func valuesMayEndWithANewline() throws {
        let temporary = try TemporaryDirectory("sandbox")
        let file = try temporary.write("value\n", to: "a")
        #expect(text(try #require(try PrivateFile.read(file))) == "value")
        #expect(try PrivateFile.read(temporary.file("missing")) == nil)
    }

    @Test(arguments: ["", "\n", String(repeating: "x", count: 4097)])
    func unusableFilesAreNamed(content: String) throws {
        let temporary = try TemporaryDirectory("sandbox")
        let file = try temporary.write(content, to: "a")
        let error = #expect(throws: SandboxError.self) { try PrivateFile.read(file) }
        #expect(error?.explanation.contains(file) == true)
    }

    @Test func unwritablePlacesAreNamed() throws {
        let temporary = try TemporaryDirectory("sandbox")
        let path = temporary.file("missing/credentials")
        #expect(throws: SandboxError.cannotWrite(path: path, reason: "No such file or directory")) {
            try CredentialDirectory(path).write(SandboxConfiguration())
        }
    }

    @Test(arguments: ["alice", "a", "7.b_c-d@e", String(repeating: "x", count: 64)])
    func namesOfHomeUsersAreFileNames(name: String) {
        #expect(CredentialDirectory.isSafeName(name))
    }

    @Test(arguments: ["", "../alice", ".alice", "a/b", "a b", "é", "a\n", String(repeating: "x", count: 65)])
    func otherNamesAreRefused(name: String) {
        #expect(!CredentialDirectory.isSafeName(name))
        #expect(throws: SandboxError.badUsername(name)) {
            try SandboxConfiguration.seeded(homeUsers: [name], credentialDirectory: "/nowhere")
        }
    }
}
