// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// The second place for checkpoints.
struct CheckpointCopiesTests {
    private func fixture(_ copies: String = "copies") throws -> JournalFixture {
        var fixture = try JournalFixture()
        fixture.configuration.checkpointCopies = fixture.home.file(copies)
        return fixture
    }

    @Test func aMissingPlaceIsRefused() throws {
        let fixture = try fixture()
        #expect {
            try fixture.open()
        } throws: { error in
            guard case .directory(let path, let reason) = error as? JournalOpenError else { return false }
            return path == fixture.home.file("copies") && reason.contains("create or mount it")
        }
        #expect(try fixture.segments().isEmpty)
    }

    @Test func everyCheckpointIsCopied() async throws {
        let fixture = try fixture()
        let copies = fixture.home.file("copies")
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: false)
        for number in 0..<3 {
            let journal = try fixture.open()
            try await onThread { try journal.call("r\(number)") }
            #expect(journal.stop(reason: "test"))
        }
        let copy = try Data(contentsOf: URL(filePath: copies + "/checkpoints"))
        #expect(copy == Data(try fixture.bytes("checkpoints")))
        // The copy remembers what was cut off beside the segments.
        unlink(fixture.directory + "/checkpoints")
        for name in try fixture.segments().dropFirst() { unlink(fixture.directory + "/" + name) }
        #expect(throws: JournalOpenError.self) { try fixture.open() }
    }

    /// A named pipe nobody writes to hangs at open(2), as a lost network file system does.
    @Test func aPlaceThatHangsHoldsNothingUp() async throws {
        var fixture = try fixture()
        fixture.configuration.stallLimit = .milliseconds(200)
        let copies = fixture.home.file("copies")
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: false)
        #expect(mkfifo(copies + "/checkpoints", 0o600) == 0)
        let journal = try fixture.open()
        try await onThread { try journal.call("r1") }
        #expect(journal.stop(reason: "test"))
        let last = try fixture.recover()
        #expect(last.unsigned == 0, "signed beside the segments all the same")
        #expect(
            fixture.events.current.contains { event in
                guard case .checkpointFailed(let path, _) = event else { return false }
                return path == copies + "/checkpoints"
            })
        #expect(journal.status.counts.failedCheckpoints > 0)
        // Lets the thread go.
        close(open(copies + "/checkpoints", O_WRONLY | O_NONBLOCK))
    }
}
