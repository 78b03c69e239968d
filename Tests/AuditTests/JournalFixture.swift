// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// A journal in a temporary directory, with short intervals.
struct JournalFixture {
    let home: TemporaryDirectory
    let events = Watched<[JournalEvent]>([])
    var configuration: JournalConfiguration

    init() throws {
        home = try TemporaryDirectory("audit")
        configuration = JournalConfiguration(directory: home.file("journal"))
        configuration.version = "1.2.3"
        configuration.segmentBytes = 64 * 1024
        configuration.outcomeReserve = 256 * 1024
        configuration.maximumOpenIntents = 64
        configuration.probeInterval = .milliseconds(5)
        configuration.inspectionInterval = .milliseconds(5)
        // Nothing here may depend on how fast the machine is: what waits for these waits for ever.
        configuration.checkpointInterval = .seconds(3600)
        configuration.stallLimit = .seconds(3600)
    }

    var directory: String { configuration.directory }
    var directories: [String] { [directory] + (configuration.secondDirectory.map { [$0] } ?? []) }

    func open(disk: any JournalDisk = POSIXDisk()) throws -> Journal {
        let events = events
        return try Journal.open(configuration, disk: disk, clock: { 1_787_304_600_000_001 }) { event in
            events.change { $0.append(event) }
        }
    }

    /// What opening does first, without beginning a segment.
    func recover() throws -> RecoveredJournal {
        let key = try #require(CheckpointPublicKey(String(contentsOfFile: directory + "/audit.pub", encoding: .utf8)))
        let checkpoint = try CheckpointFile(in: directory, verifyingWith: key).last
        return try JournalRecovery(directories: directories, checkpoint: checkpoint, disk: POSIXDisk()).run()
    }

    func verify(_ directories: [String]? = nil, copies: [String] = []) throws -> JournalVerification {
        let key = try String(contentsOfFile: directory + "/audit.pub", encoding: .utf8)
        return try JournalVerifier(
            directories: directories ?? self.directories, publicKey: key, checkpointCopies: copies
        ).verify()
    }

    func segments(in directory: String? = nil) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory ?? self.directory)
            .filter { $0.hasSuffix(".jsonl") }.sorted()
    }

    func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: directory + "/" + name)))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: directory + "/" + name))
    }

    func reader(from position: JournalPosition? = nil) throws -> JournalReader {
        try JournalReader(directories: directories, from: position)
    }

    /// The lines of all segments, in order.
    func lines() throws -> [String] {
        try segments().flatMap { name in
            String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    /// A copy of the journal, to be damaged without touching the original.
    func copy() throws -> JournalFixture {
        var other = try JournalFixture()
        other.configuration = configuration
        other.configuration.directory = other.home.file("journal")
        try FileManager.default.copyItem(atPath: directory, toPath: other.directory)
        return other
    }
}

let alice = UserPseudonym(digest: Array(repeating: 0xA1, count: 32))

let moment: Int64 = 1_787_304_600_000_001

func intent(_ requestID: String) -> CallIntent {
    var intent = CallIntent(requestID: requestID, method: "GET", requestBytes: 12)
    intent.tenant = "acme"
    intent.caller = "billing"
    intent.user = alice
    intent.route = "/api/v1/wego_home/meters/{id}"
    return intent
}

func outcome(_ requestID: String) -> CallOutcome {
    var outcome = CallOutcome(requestID: requestID, result: .answered)
    outcome.status = 200
    outcome.upstreamStatus = 200
    outcome.attempts = 1
    return outcome
}

func record(_ content: JournalRecord.Content) -> JournalRecord { JournalRecord(time: moment, content: content) }

extension Journal {
    /// One whole call, as the gateway makes it, blocking.
    func call(_ requestID: String) throws {
        try appendAndWait(
            [record(.intent(intent(requestID)))], until: durability.promiseForIntent(changesNothing: true))
        try appendAndWait([record(.outcome(outcome(requestID)))], until: durability.promiseForOutcome)
    }

    /// Waits without sleeping for long: by appending nothing, only looking.
    func wait(for what: String, until holds: @escaping @Sendable (JournalStatus) -> Bool) async throws {
        try await onThread {
            let deadline = ContinuousClock.now + .seconds(20)
            while !holds(self.status) {
                guard ContinuousClock.now < deadline else { throw TimedOut(what: what, limit: .seconds(20)) }
                usleep(500)
            }
        }
    }
}
