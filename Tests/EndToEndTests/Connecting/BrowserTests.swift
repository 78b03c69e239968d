// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// A real browser, from the consent page to the page that says how it ended.
@Suite(.serialized) struct BrowserTests {
    struct Page: Decodable {
        let url: String
        let title: String
        let heading: String
        let text: String
        let language: String
        let mains: Int
        let headings: Int
        let scripts: Int
        let styled: String
        let contrast: Double
        let overflows: Bool
        let landmarks: [String]
    }

    struct Visit: Decodable {
        let consent: Page
        let result: Page
        let complaints: [String]
    }

    static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/browser.py").standardized.path

    private func visit(_ address: String, as person: String, _ button: String) async throws -> Visit {
        // Kept when somebody wants to see the pictures.
        let kept = ProcessInfo.processInfo.environment["WEGO_TEST_PICTURES"]
        let directory = try TemporaryDirectory("browser")
        let result = try await ChildProcess.run(
            "/usr/bin/python3",
            [Self.script, address, "--directory", kept ?? directory.path, "--choose", person, "--press", button],
            within: .seconds(180))
        #expect(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode(Visit.self, from: Data(result.output.utf8))
    }

    private func expectReadable(_ page: Page) {
        #expect(page.language == "en" && page.mains == 1 && page.headings == 1 && page.scripts == 0)
        #expect(page.landmarks.contains("main") && page.landmarks.contains("heading"))
        // The style was let through by the policy, and can be read by everybody (WCAG 2.2, 1.4.3).
        #expect(page.styled != "none")
        #expect(page.contrast >= 4.5)
        #expect(!page.overflows)
    }

    @Test func aPersonSaysYes() async throws {
        let gateway = try await ConnectGateway()
        let begun = try await gateway.begin("carol")
        // Two names of this machine are two sites to a browser, as WegoWise and the gateway are.
        let address = begun.authorizeUrl.replacing("127.0.0.1", with: "localhost")
        let visit = try await visit(address, as: "carol", "allow")
        #expect(visit.complaints.isEmpty, "\(visit.complaints)")
        expectReadable(visit.consent)
        #expect(visit.consent.heading == "Allow access?")
        expectReadable(visit.result)
        #expect(visit.result.title == "Your account is connected - WegoWise gateway")
        #expect(visit.result.heading == "Your account is connected")
        #expect(visit.result.url.hasPrefix("http://127.0.0.1:\(gateway.port)/oauth/callback?"))
        #expect(try await gateway.state(of: "carol") == "active")
        #expect(try await gateway.identity(of: "carol") == "carol")
    }

    @Test func aPersonSaysNo() async throws {
        let gateway = try await ConnectGateway()
        let begun = try await gateway.begin("carol")
        let visit = try await visit(begun.authorizeUrl, as: "carol", "deny")
        // Chromium tells of the status 403 in its log, and of nothing else.
        #expect(visit.complaints.allSatisfy { $0.contains("403") }, "\(visit.complaints)")
        expectReadable(visit.result)
        #expect(visit.result.heading == "Access was not granted")
        #expect(try await gateway.state(of: "carol") == nil)
    }
}
