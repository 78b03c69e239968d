// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Settings
import TestSupport
import Testing

@testable import WegoGatewayCLI

struct UpstreamCheckTests {
    private static let block = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"

    @Test(arguments: [
        (block, true), ("# a comment\r\n" + block + block, true), ("", false), ("hello", false),
        ("-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n", false),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", false),
        ("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n", false),
        ("-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n", false),
        ("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n", false),
    ])
    func knowsPEM(text: String, isPEM: Bool) {
        #expect(AuthorityFile.holdsCertificate(text) == isPEM)
    }

    @Test func namesTheKey() throws {
        let directory = try TemporaryDirectory("ca")
        let wrong = try directory.write("hello", to: "ca.pem")
        let failure = try #require(throws: CommandFailure.self) {
            try AuthorityFile(path: wrong).check(missing: .unavailable)
        }
        #expect(failure.status == .usage && failure.what.hasPrefix("upstream.ca_file: \(wrong) holds no certificate"))
        for path in [directory.path, directory.file("absent")] {
            let failure = try #require(throws: CommandFailure.self) {
                try AuthorityFile(path: path).check(missing: .unavailable)
            }
            #expect(failure.status == .unavailable && failure.what.contains("is no readable file"))
        }
        try AuthorityFile(path: try directory.write(Self.block, to: "good.pem")).check(missing: .unavailable)
    }

    /// The configuration is checked with the eyes of the engine, so that nothing is valid that does not start.
    @Test(arguments: ["https://127.1", "https://0x7f.1", "https://[::::]", "https://under_score.example"])
    func configCheckRefusesWhatServeRefuses(url: String) throws {
        let directory = try TemporaryDirectory("check")
        let file = try directory.write(#"{"upstream": {"base_url": "\#(url)"}}"#, to: "w.json")
        let failure = try #require(throws: CommandFailure.self) {
            try ConfigCommand.Check.parse(["--config", file]).run()
        }
        #expect(failure.status == .usage && failure.what.hasPrefix("upstream.base_url: "))
    }
}
