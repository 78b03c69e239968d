// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Foundation
import TestSupport
import Testing

@testable import AuditIndex

/// A journal from its first record to its last segment: written, recovered, verified, indexed, asked, compressed. With
/// WEGO_LARGE_JOURNAL in the environment it has a million records, and the times are printed for a person; otherwise it
/// is small. No times are asserted.
@Suite(.serialized) struct LargeJournalTests {
    private static let isWanted = ProcessInfo.processInfo.environment["WEGO_LARGE_JOURNAL"] != nil
    private static let calls = isWanted ? 500_000 : 4000
    private static let callsPerUser = 50
    private static let group = 250

    private func measure<Result>(_ what: String, _ body: () throws -> Result) rethrows -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try body()
        guard Self.isWanted else { return result }
        let taken = clock.now - start
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
        print("\(what): \(taken), \(resident)")
        return result
    }

    private func open(_ directory: String) throws -> Journal {
        var configuration = JournalConfiguration(directory: directory)
        configuration.durability = .relaxed
        configuration.stallLimit = .seconds(60)
        if !Self.isWanted { configuration.segmentBytes = 1024 * 1024 }
        return try Journal.open(configuration)
    }

    private func fill(_ journal: Journal, _ users: [UserPseudonym]) throws {
        let start: Int64 = 1_787_304_600_000_000
        for first in stride(from: 0, to: Self.calls, by: Self.group) {
            var records: [JournalRecord] = []
            for number in first..<(first + Self.group) {
                let time = start + Int64(number) * 1000
                var intent = CallIntent(requestID: "01890000000000000000\(number)", method: "GET", requestBytes: 120)
                intent.traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
                intent.tenant = "tenant-\(number % 7)"
                intent.caller = "service-\(number % 23)"
                intent.user = users[number % users.count]
                intent.route = "/api/v1/wego_home/meters/{id}/data/\(number % 31)"
                var outcome = CallOutcome(requestID: intent.requestID, result: .answered)
                outcome.status = number % 1000 == 0 ? 502 : 200
                outcome.upstreamStatus = 200
                outcome.totalMicroseconds = 1234
                records.append(JournalRecord(time: time, content: .intent(intent)))
                records.append(JournalRecord(time: time, content: .outcome(outcome)))
            }
            try journal.appendAndWait(records, until: .written)
        }
    }

    @Test func manyRecords() throws {
        let home = try TemporaryDirectory("large")
        let directory = home.file("journal")
        let pseudonyms = try #require(Pseudonyms(key: Array(repeating: 7, count: 32)))
        let users = (0..<(Self.calls / Self.callsPerUser)).map {
            pseudonyms.user(tenant: "t", name: "home-\($0)", salt: [1])
        }
        let journal = try open(directory)
        try measure("write") { try fill(journal, users) }
        journal.abandon()
        let again = try measure("recovery of the last segment") { try open(directory) }
        #expect(again.stop(reason: "test"))
        let key = try String(contentsOfFile: directory + "/audit.pub", encoding: .utf8)
        let found = try measure("verification") {
            try JournalVerifier(directories: [directory], publicKey: key).verify()
        }
        #expect(found.isOK && found.records > UInt64(2 * Self.calls) && found.segments > 2)
        if Self.isWanted { print("records \(found.records), bytes \(found.bytes), segments \(found.segments)") }
        let index = try RecordIndex(path: home.file("index.sqlite"), directories: [directory])
        _ = try measure("index") { try index.update() }
        try ask(index, users)
        let report = try {
            let journal = try open(directory)
            defer { journal.stop(reason: "test") }
            return try measure("compression") { try journal.upkeep(JournalUpkeep(), now: JournalClock.utc) }
        }()
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".gz") }
        let size = try names.map { name in
            try FileManager.default.attributesOfItem(atPath: directory + "/" + name)[.size] as? Int ?? 0
        }.reduce(0, +)
        #expect(report.compressedSegments == names.count && size < found.bytes / 2)
        if Self.isWanted { print("compressed segments: \(report.compressedSegments), \(size) bytes") }
        #expect(
            try measure("verification of compressed segments") {
                try JournalVerifier(directories: [directory], publicKey: key).verify()
            }.isOK)
    }

    private func ask(_ index: RecordIndex, _ users: [UserPseudonym]) throws {
        func query(_ what: String, finds count: Int? = nil, _ change: (inout JournalQuery) -> Void) throws {
            var query = JournalQuery()
            change(&query)
            let rows = try measure("query: \(what)") { try index.query(query, limit: 100) }
            if let count { #expect(rows.count == count, "\(what)") }
        }
        try query("the last", finds: 100) { _ in }
        try query("user", finds: Self.callsPerUser) { $0.user = users[77] }
        try query("caller", finds: 100) { $0.caller = "service-3" }
        try query("tenant and status") {
            $0.tenant = "tenant-3"; $0.status = 500...599
        }
        try query("route and user") {
            $0.route = "/api/v1/wego_home/meters/{id}/data/3"; $0.user = users[77]
        }
        try query("request id", finds: 1) { $0.requestID = "018900000000000000001234" }
        try query("nothing found in a time range", finds: 0) {
            $0.from = 0; $0.until = 1_787_304_700_000_000; $0.tenant = "none"
        }
        try query("refused", finds: 0) { $0.decision = .refused }
        try query("tenant, caller, early times") {
            $0.tenant = "tenant-3"
            $0.caller = "service-3"
            $0.until = 1_787_304_610_000_000
        }
        let receipts = try measure("receipts") { try index.receipts(tenant: "tenant-0", user: users[77]) }
        #expect(!receipts.isEmpty)
    }

    /// Calls a second and the time a call waits for the journal, beside what one fdatasync(2) of the device takes.
    @Test(.enabled(if: isWanted, "only worth a person's time"), arguments: JournalDurability.allCases)
    func theCostOfEachDurability(_ durability: JournalDurability) async throws {
        let home = try TemporaryDirectory("cost")
        try syncs(home.file("plain"))
        var configuration = JournalConfiguration(directory: home.file("journal"))
        configuration.durability = durability
        let journal = try Journal.open(configuration)
        for threads in [1, 64] {
            let count = 200
            let clock = ContinuousClock()
            let start = clock.now
            let waits = try await withThrowingTaskGroup(of: [Duration].self) { group in
                for thread in 0..<threads {
                    group.addTask {
                        try await onThread { try Self.calls(journal, "\(threads)-\(thread)", count) }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }.sorted()
            }
            let rate = Double(waits.count) / (clock.now - start).seconds
            print(
                "\(durability), \(threads) callers: \(Int(rate)) calls/s, p50 \(waits[waits.count / 2]),",
                "p99 \(waits[waits.count * 99 / 100])")
        }
        #expect(journal.stop(reason: "test"))
    }

    private static func calls(_ journal: Journal, _ name: String, _ count: Int) throws -> [Duration] {
        let clock = ContinuousClock()
        return try (0..<count).map { number in
            let start = clock.now
            let intent = CallIntent(requestID: "\(name)-\(number)", method: "GET")
            let promise = journal.durability.promiseForIntent(changesNothing: true)
            try journal.appendAndWait([JournalRecord(time: 0, content: .intent(intent))], until: promise)
            let outcome = CallOutcome(requestID: intent.requestID, result: .answered)
            try journal.appendAndWait(
                [JournalRecord(time: 0, content: .outcome(outcome))], until: journal.durability.promiseForOutcome)
            return clock.now - start
        }
    }

    private func syncs(_ path: String) throws {
        let disk = POSIXDisk()
        let descriptor = try disk.create(path)
        defer { disk.close(descriptor) }
        let block = [UInt8](repeating: 0x61, count: 600)
        let clock = ContinuousClock()
        let times = try (0..<200).map { _ in
            _ = try block.withUnsafeBytes { try disk.write($0, to: descriptor) }
            let start = clock.now
            try disk.syncData(descriptor)
            return clock.now - start
        }.sorted()
        print("fdatasync: p50 \(times[100]), p99 \(times[198])")
    }
}
