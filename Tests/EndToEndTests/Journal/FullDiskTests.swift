// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// A file system that is really full: 20 MiB of memory, mounted where only this gateway sees it.
struct FullDiskTests {
    private static let script = #"mount -t tmpfs -o size=20m,mode=700 tmpfs "$0" && exec "$@""#

    private static func mayMount() async throws -> Bool {
        let directory = try TemporaryDirectory("disk")
        let command = ["-m", "/bin/sh", "-c", script, directory.path, "/bin/true"]
        return try await ChildProcess.run("/usr/bin/unshare", command).status == 0
    }

    @Test(.enabled("root that may mount: CAP_SYS_ADMIN") { try await mayMount() })
    func runsFullAndComesBack() async throws {
        let deployment = try await Deployment(
            settings: ["AUDIT_DIRECTORY": "disk/audit", "AUDIT_SEGMENT_SIZE": "1MiB"],
            under: { directory in
                let disk = directory.file("disk")
                try? FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
                return ["/usr/bin/unshare", "-m", "/bin/sh", "-c", Self.script, disk]
            })
        // Its view of the file system, from here.
        let disk = "/proc/\(deployment.gateway.identifier)/root" + deployment.directory.file("disk")
        let (mark, trace) = (uniqueMark(), uniqueTrace())
        let inFlight = try deployment.connect()
        var held = Call.json("POST", "/users/alice/api/v1/magic/hold/\(mark)", "{}")
        held.headers.append(trace.header)
        try await inFlight.send(deployment.bytes(of: held))
        try await deployment.upstream.received(mark)
        try fill(disk + "/filler")

        // The segment has its room; the next one does not get any.
        let refused = try await untilRefused(deployment)
        try expectProblem(refused, .auditUnavailable)
        let notReady = try await deployment.ready(503)
        #expect(notReady.bodyText.contains("No space left on device"), "\(notReady.bodyText)")
        let seen = try deployment.upstream.records().count
        for _ in 0..<20 {
            try expectProblem(try await deployment.send(.get("/users/alice/oauth/user")), .auditUnavailable)
        }
        #expect(try deployment.upstream.records().count == seen)
        // What is under way ends as always, in the room that was kept for it.
        try deployment.upstream.release(mark)
        #expect(try await inFlight.response().status == 200)
        let lines = try Deployment.journal(in: disk + "/audit")
        let id = try #require(lines.first { $0.trace_id == trace.id }?.request_id)
        #expect(lines.filter { $0.request_id == id }.map(\.result) == [nil, "answered"])

        #expect(unlink(disk + "/filler") == 0)
        _ = try await deployment.ready(200)
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        let verified = try await deployment.audit("verify", "--directory", disk + "/audit", "--json")
        #expect(verified.status == 0, "\(verified.output) \(verified.errors)")
        #expect(try Deployment.journal(in: disk + "/audit").contains { $0.kind == "recovered" })
    }

    private func fill(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let zeros = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, zeros, zeros.count) > 0 {}
        #expect(errno == ENOSPC)
    }

    /// A segment of 1 MiB is full after some thousand calls.
    private func untilRefused(_ deployment: Deployment) async throws -> RawResponse {
        let load = KillLoad(deployment: deployment)
        for round in 0..<100 {
            await load.run(connections: 16, calls: 25, port: deployment.port, seed: UInt64(round))
            if load.answers.current.contains(where: { $0.status == 503 }) { break }
        }
        return try await deployment.send(.get("/users/alice/oauth/user"))
    }
}
