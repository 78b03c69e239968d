// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Secrets
import TestSupport
import Testing

@testable import WegoGatewayCLI

struct SecretInputTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("secret") }

    private func read(_ text: String) throws -> Secret {
        try SecretInput(subject: "secret", path: try directory.write(text, to: "s")).read()
    }

    @Test(arguments: ["s3cr3t", "s3cr3t\n", "s3cr3t\r\n"])
    func takesOneLine(text: String) throws {
        #expect(try read(text).isEqual(to: Secret(utf8: "s3cr3t")))
    }

    @Test(arguments: ["", "\n", "a\nb", "a b", " a", "a\n\n", "a\u{0}", "é", "a\tb"])
    func refusesAnythingElse(text: String) throws {
        let failure = try #require(throws: CommandFailure.self) { try read(text) }
        #expect(failure.status == .usage)
        #expect(failure.what.hasPrefix("The secret in \(directory.path)"))
    }

    @Test func neverRepeatsTheSecret() throws {
        let failure = try #require(throws: CommandFailure.self) { try read("c4n4ry c4n4ry") }
        #expect(!"\(failure)".contains("c4n4ry"))
    }

    @Test func refusesLongFiles() throws {
        let text = String(repeating: "x", count: SecretInput.maximumLength + 1)
        let failure = try #require(throws: CommandFailure.self) { try read(text) }
        #expect(failure.what.contains("longer than 65536 bytes"))
    }

    @Test func theTerminalIsAsItWas() throws {
        // The controlling side of a pseudoterminal has the settings of the other side.
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(terminal >= 0)
        defer { close(terminal) }
        var isEchoing: Bool {
            var now = termios()
            tcgetattr(terminal, &now)
            return now.c_lflag & tcflag_t(ECHO) != 0
        }
        let restoration = HiddenTyping.Restoration(terminal: terminal)
        restoration.hide()
        #expect(!isEchoing)
        restoration.restore()
        #expect(isEchoing)
    }

    @Test func namesAMissingFile() throws {
        let input = SecretInput(subject: "token", path: directory.file("absent"))
        let failure = try #require(throws: CommandFailure.self) { try input.read() }
        #expect(failure.status == .unavailable)
        #expect(failure.what.contains("The token cannot be read from \(directory.file("absent"))"))
    }
}
