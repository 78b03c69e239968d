// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// SIGKILL at any moment, under load, while starting and while the disk fails, in all three modes. `WEGO_TEST_KILLS` says how often,
/// `WEGO_TEST_SEED` repeats the moments of an earlier run.
struct KillTests {
    private static let connections = 12

    @Test(.timeLimit(.minutes(30))) func noKillLosesARecordOfWhatWasSentOrAnswered() async throws {
        let environment = ProcessInfo.processInfo.environment
        let kills = environment["WEGO_TEST_KILLS"].flatMap { Int($0) } ?? 200
        let seed = environment["WEGO_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...UInt64.max)
        print("kill -9 oracle: \(kills) kills, WEGO_TEST_SEED=\(seed)")
        let deployment = try await Deployment()
        deployment.gateway.send(signal: SIGKILL)
        _ = try await deployment.gateway.exitStatus()
        let load = KillLoad(deployment: deployment)
        var random = SeededGenerator(seed)
        for round in 0..<kills { try await kill(round, load, &random) }

        let journal = try await finish(deployment)
        let oracle = KillOracle(
            seen: try deployment.upstream.records(), answers: load.answers.current, journal: journal)
        #expect(oracle.complaints.isEmpty, "seed \(seed): \(oracle.complaints.prefix(10))")
        print(
            "kill -9 oracle: \(oracle.seen.count) requests at the upstream, \(oracle.answers.count) answers,",
            "\(oracle.intents.count) intents, \(oracle.unknown) of them open at a kill,",
            "\(journal.count { $0.failed != nil }) failed segments")
        // It was about something.
        #expect(oracle.seen.count > kills && oracle.answers.count > kills && oracle.unknown > kills / 4)
        #expect(journal.filter { $0.kind == "start" }.count > kills / 2)
    }

    /// One life of the gateway. Every sixth ends before it says that it is ready.
    private func kill(_ round: Int, _ load: KillLoad, _ random: inout SeededGenerator) async throws {
        let modes = ["strict", "paranoid", "relaxed"]
        let gateway = try await Deployment.serve(
            in: load.deployment.directory,
            settings: ["AUDIT_DURABILITY": modes[round % modes.count], "AUDIT_SEGMENT_SIZE": "1MiB"])
        if round % 6 == 5 {
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...250, using: &random)))
        } else {
            let port = try await Announcement.port(Deployment.announcement(of: gateway).listen)
            let (seed, moment) = (random.next(), Int.random(in: 20...400, using: &random))
            // Now and then with a disk that fails as well, as often as not while the next segment is created.
            let fault = round % 6 == 4 ? try await SystemCallFault("fdatasync:error=EIO:when=3+4", in: gateway) : nil
            async let calls: Void = load.run(connections: Self.connections, port: port, seed: seed)
            try await Task.sleep(for: .milliseconds(fault == nil ? moment : 2 * moment))
            gateway.send(signal: SIGKILL)
            fault?.abandon()
            await calls
        }
        gateway.send(signal: SIGKILL)
        _ = try await gateway.exitStatus()
    }

    /// A last start, which closes what is open, a polite end, a verification, and all records.
    private func finish(_ deployment: Deployment) async throws -> [JournalLine] {
        let gateway = try await Deployment.serve(in: deployment.directory, settings: [:])
        _ = try await Deployment.announcement(of: gateway)
        gateway.send(signal: SIGTERM)
        #expect(try await gateway.exitStatus() == 0)
        let verified = try await deployment.audit("verify", "--json")
        #expect(verified.status == 0, "\(verified.output)")
        return try await deployment.exported()
    }
}
