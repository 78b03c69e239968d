// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Secrets
import TestSupport
import Testing

struct SecretReferenceTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory("secrets")
    }

    private func load(_ text: String, environment: [String: String] = [:]) throws(SecretReferenceError) -> String {
        let secret = try SecretReference(text).load(relativeTo: directory.path, environment: environment)
        return secret.expose { String(decoding: $0, as: UTF8.self) }
    }

    @Test func readsAFileByAbsoluteOrRelativePath() throws {
        let path = try directory.write("s3cret", to: "token")
        #expect(try load("file:\(path)") == "s3cret")
        #expect(try load("file:token") == "s3cret")
        #expect(try load("file:./token") == "s3cret")
    }

    @Test(arguments: [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a ", " a "), ("a\nb", "a\nb"), ("a\r", "a\r")])
    func takesOffOneNewline(written: String, read: String) throws {
        try directory.write(written, to: "token")
        #expect(try load("file:token") == read)
        #expect(try load("env:TOKEN", environment: ["TOKEN": written]) == read)
    }

    @Test func readsTheEnvironmentItIsGiven() throws {
        #expect(try load("env:WEGO_SECRET_1", environment: ["WEGO_SECRET_1": "é"]) == "é")
        #expect(throws: SecretReferenceError.noSuchVariable("PATH")) { try load("env:PATH") }
    }

    @Test func readsSystemdCredentials() throws {
        // systemd shows them as readable by the group where an access list guards them.
        try directory.write("s3cret\n", to: "master.key", mode: 0o440)
        let environment = ["CREDENTIALS_DIRECTORY": directory.path]
        #expect(try load("credential:master.key", environment: environment) == "s3cret")
        #expect(throws: SecretReferenceError.noSuchFile("\(directory.path)/other")) {
            try load("credential:other", environment: environment)
        }
        #expect(throws: SecretReferenceError.noCredentialsDirectory("x")) { try load("credential:x") }
        #expect(throws: SecretReferenceError.noCredentialsDirectory("x")) {
            try load("credential:x", environment: ["CREDENTIALS_DIRECTORY": "relative"])
        }
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o620, 0o602, 0o610, 0o666])
    func refusesAFileOpenToOthers(mode: Int) throws {
        let path = try directory.write("s3cret", to: "token", mode: mode)
        #expect(throws: SecretReferenceError.tooOpen(path, mode: UInt32(mode))) { try load("file:token") }
        let explanation = SecretReferenceError.tooOpen(path, mode: UInt32(mode)).explanation
        #expect(explanation.contains("mode \(String(mode, radix: 8))"))
        #expect(explanation.hasSuffix("run `chmod 600 \(path)`"))
    }

    @Test(arguments: [0o600, 0o400, 0o700])
    func takesAFileOfOnesOwn(mode: Int) throws {
        try directory.write("s3cret", to: "token", mode: mode)
        #expect(try load("file:token") == "s3cret")
    }

    @Test func followsALinkToAProperFileOnly() throws {
        let path = try directory.write("s3cret", to: "token")
        try FileManager.default.createSymbolicLink(atPath: directory.file("link"), withDestinationPath: path)
        #expect(try load("file:link") == "s3cret")
        try FileManager.default.createSymbolicLink(atPath: directory.file("device"), withDestinationPath: "/dev/zero")
        #expect(throws: SecretReferenceError.notARegularFile(directory.file("device"))) { try load("file:device") }
    }

    @Test func refusesWhatIsNoRegularFileWithoutWaiting() throws {
        #expect(mkfifo(directory.file("pipe"), 0o600) == 0)
        #expect(throws: SecretReferenceError.notARegularFile(directory.file("pipe"))) { try load("file:pipe") }
        #expect(throws: SecretReferenceError.notARegularFile(directory.path)) { try load("file:\(directory.path)") }
    }

    @Test func namesTheMissingFile() {
        #expect(throws: SecretReferenceError.noSuchFile(directory.file("none"))) { try load("file:none") }
    }

    @Test func hasALimit() throws {
        let largest = String(repeating: "a", count: SecretReference.maximumByteCount)
        try directory.write(largest, to: "token")
        #expect(try load("file:token") == largest)
        let path = try directory.write(largest + "a", to: "token")
        #expect(throws: SecretReferenceError.tooLarge(path, limit: 65536)) { try load("file:token") }
        #expect(throws: SecretReferenceError.tooLarge("env:A", limit: 65536)) {
            try load("env:A", environment: ["A": largest + "a"])
        }
    }

    @Test(arguments: ["", "\n", "\r\n"])
    func refusesNothing(contents: String) throws {
        try directory.write(contents, to: "token")
        #expect(throws: SecretReferenceError.empty("file:token")) { try load("file:token") }
        #expect(throws: SecretReferenceError.empty("env:A")) { try load("env:A", environment: ["A": contents]) }
    }

    @Test(arguments: ["", "token", "canary-secret", "vault:x", "FILE:x", "/etc/token", ":x", " file:x"])
    func refusesWhatIsNoReferenceWithoutRepeatingIt(text: String) {
        #expect(throws: SecretReferenceError.malformed) { try SecretReference(text) }
        #expect(!SecretReferenceError.malformed.explanation.contains("canary"))
    }

    @Test(arguments: [
        "file:", "file:a\0b", "env:", "env:1A", "env:A-B", "env:A B", "env:É", "credential:", "credential:.",
        "credential:..", "credential:a/b", "credential:a b", "credential:../x",
    ])
    func refusesBadNames(text: String) {
        #expect {
            try SecretReference(text)
        } throws: { error in
            guard case SecretReferenceError.invalidName = error else { return false }
            return true
        }
    }

    @Test func describesItselfAsWritten() throws {
        #expect(try SecretReference("file:a:b").description == "file:a:b")
        #expect(try SecretReference("env:A") == SecretReference("env:A"))
        #expect(try SecretReference("env:A") != SecretReference("env:B"))
    }
}
