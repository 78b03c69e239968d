// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Evidence that somebody writes to a file or a pipe is whole, or the command says that it is not.
struct JournalOutputTests {
    private func shell(
        _ script: String, _ deployment: Deployment
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await ChildProcess.run("/bin/sh", ["-c", script, Binary.path, deployment.configuration])
    }

    @Test(arguments: ["export", "query --csv", "query --json", "query", "tail", "verify", "reindex"])
    func aFullDiskIsTold(_ command: String) async throws {
        let deployment = try await Deployment.shared()
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        let hasIndex = command.hasPrefix("query") || command == "reindex"
        let index = hasIndex ? "--index '\(deployment.directory.file("full-\(uniqueWord()).sqlite"))'" : ""
        let result = try await shell(
            "exec \"$0\" audit \(command) \(index) --config \"$1\" > /dev/full", deployment)
        #expect(result.status == 3, "\(result)")
        #expect(result.errors.contains("Standard output could not be written: No space left on device."), "\(result)")
    }

    @Test(arguments: ["export", "tail -n 100000", "query --json", "tail --follow"])
    func whoeverReadsNoMoreEndsTheCommand(_ command: String) async throws {
        let deployment = try await Deployment.shared()
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        let index = command.hasPrefix("query") ? "--index '\(deployment.directory.file("\(uniqueWord()).sqlite"))'" : ""
        let result = try await shell(
            "{ \"$0\" audit \(command) \(index) --config \"$1\"; echo \"ended with $?\" >&2; } | head -n 1", deployment)
        #expect(result.output.split(separator: "\n").count == 1, "\(result)")
        #expect(result.errors == "ended with 0\n" || result.errors.hasSuffix("\nended with 0\n"), "\(result)")
        #expect(!result.errors.contains("could not be written"))
    }
}
