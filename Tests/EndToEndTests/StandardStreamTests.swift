// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Commands that were started with one of the first three descriptors closed, or with one that takes nothing.
struct StandardStreamTests {
    private func configuration(in directory: TemporaryDirectory) async throws -> String {
        try await ProvisionedState.shared().copy(to: directory)
        return try directory.write(
            #"{"listen": {"address": "127.0.0.1:0"}, "ops": {"address": "127.0.0.1:0"}}"#, to: "config.json")
    }

    /// Its announcement is lost; nothing else is wrong with it.
    @Test(arguments: [">&-", "> /dev/full", "<&- >&-"]) func aServerStopsWell(_ streams: String) async throws {
        let directory = try TemporaryDirectory("e2e")
        let configuration = try await configuration(in: directory)
        let child = try await ChildProcess(
            "/bin/sh", ["-c", "exec \"$0\" serve --config \"$1\" \(streams)", Binary.path, configuration])
        _ = try await child.errors.line("that it is ready") { $0.contains("The gateway is ready.") }
        child.send(signal: SIGTERM)
        #expect(try await child.exitStatus() == 0, "\(child.errors.text)")
        #expect(child.output.text.isEmpty)
    }

    /// Without a descriptor of its own, what it says would go to whatever is opened next.
    @Test func aCommandWhoseOutputIsClosedSaysSo() async throws {
        let directory = try TemporaryDirectory("e2e")
        let configuration = try await configuration(in: directory)
        let script = "exec \"$0\" tenant list --config \"$1\""
        let lost = try await ChildProcess.run("/bin/sh", ["-c", script + " >&-", Binary.path, configuration])
        #expect(lost.status == 3, "\(lost)")
        #expect(lost.errors.contains("Standard output could not be written: Bad file descriptor."), "\(lost)")
        for streams in ["2>&-", "<&-", "<&- 2>&-"] {
            let told = try await ChildProcess.run(
                "/bin/sh", ["-c", "\(script) \(streams)", Binary.path, configuration])
            #expect(told.status == 0 && told.output.contains("acme") && told.errors.isEmpty, "\(told)")
        }
        let verified = try await Binary.run(["audit", "verify", "--config", configuration])
        #expect(verified.status == 0, "\(verified)")
    }
}
