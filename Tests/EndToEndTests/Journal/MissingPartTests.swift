// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// A start, of the gateway or of a command, that finds less than was there.
struct MissingPartTests {
    @Test func aSecondDirectoryThatIsNotMountedIsRefused() async throws {
        let deployment = try await Deployment(settings: ["AUDIT_SECOND_DIRECTORY": "second"])
        let second = deployment.directory.file("second")
        // The first directory refuses, the second one takes the call, everything ends.
        #expect(rename(deployment.auditDirectory, deployment.auditDirectory + ".aside") == 0)
        _ = try await deployment.gateway.errors.line("a word about the segment") {
            $0.contains("A segment of the audit journal failed")
        }
        let (response, _) = try await deployment.forward(.get("/users/alice/oauth/user"))
        deployment.gateway.send(signal: SIGKILL)
        _ = try await deployment.gateway.exitStatus()
        #expect(rename(deployment.auditDirectory + ".aside", deployment.auditDirectory) == 0)

        #expect(rename(second, second + ".aside") == 0)
        #expect(mkdir(second, 0o700) == 0)
        let before = try FileManager.default.contentsOfDirectory(atPath: deployment.auditDirectory).sorted()
        for command in [["serve"], ["tenant", "add", "late"]] {
            let refused = try await Binary.run(
                command + ["--config", deployment.configuration],
                environment: ["WEGO_GATEWAY_AUDIT_SECOND_DIRECTORY": "second"])
            #expect(refused.status == 3 && refused.output.isEmpty, "\(refused)")
            #expect(refused.errors.contains("\(second) cannot be used: it held a part of this journal"), "\(refused)")
        }
        // Nor without it.
        let without = try await Binary.run(["serve", "--config", deployment.configuration])
        #expect(without.status == 2 && without.errors.contains("a directory may not be mounted"), "\(without)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: deployment.auditDirectory).sorted() == before)

        #expect(rmdir(second) == 0 && rename(second + ".aside", second) == 0)
        let again = try await Deployment.serve(
            in: deployment.directory, settings: ["AUDIT_SECOND_DIRECTORY": "second"])
        _ = try await Deployment.announcement(of: again)
        let places = ["--directory", deployment.auditDirectory, "--directory", second]
        let id = try #require(response.header("wego-gateway-request-id"))
        let exported = try await Binary.run(
            ["audit", "export", "--request-id", id, "--config", deployment.configuration] + places)
        #expect(exported.output.split(separator: "\n").count == 2, "\(exported)")
        let verified = try await Binary.run(["audit", "verify", "--config", deployment.configuration] + places)
        #expect(verified.status == 0, "\(verified.errors)")
    }

    /// Only a person can judge that; whoever runs the command is one.
    @Test(arguments: [true, false]) func aCommandTellsThatCheckpointsWereCutOff(isNoted: Bool) async throws {
        let directory = try TemporaryDirectory("e2e")
        try await ProvisionedState.shared().copy(to: directory)
        let configuration = ["--config", try directory.write("{}", to: "config.json")]
        let path = directory.file("state/audit/checkpoints")
        let notes = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
        try directory.write(notes.prefix(6).joined(separator: "\n") + "\n", to: "state/audit/checkpoints")
        if !isNoted { #expect(unlink(directory.file("state/audit.last")) == 0) }
        let verified = try await Binary.run(["audit", "verify"] + configuration)
        #expect(verified.status == 2 && verified.errors.contains("no checkpoint was signed"), "\(verified)")
        let told = try await Binary.run(["tenant", "add", "late"] + configuration)
        let warning =
            isNoted
            ? "The last checkpoints of the audit journal are not there any more."
            : "No checkpoint was signed for the last "
        #expect(told.status == 0 && told.errors.contains("wego-gateway: \(warning)"), "\(told)")
        let lines = try Deployment.journal(in: directory.file("state/audit"))
        let reason = isNoted ? "missing checkpoints" : "unsigned: "
        #expect(lines.contains { $0.kind == "recovered" && $0.reason?.hasPrefix(reason) == true })
        let quiet = try await Binary.run(["tenant", "add", "later"] + configuration)
        #expect(quiet.status == 0 && quiet.errors.isEmpty, "\(quiet)")
    }
}
