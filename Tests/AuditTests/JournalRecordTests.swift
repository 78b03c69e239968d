// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Foundation
import StrictJSON
import Testing

@testable import Audit

struct JournalRecordTests {
    private func line(_ record: JournalRecord, after chain: ChainState = ChainState(), durable: UInt64 = 0) -> String {
        var out: [UInt8] = []
        _ = record.append(to: &out, after: chain, durable: durable)
        return String(decoding: out, as: UTF8.self)
    }

    @Test func writesAnIntentInAFixedOrder() throws {
        var intent = intent("r1")
        intent.traceID = "4bf92f"
        intent.parameterNames = ["from", "to"]
        intent.digest = Fingerprint(digest: Array(repeating: 0xD1, count: 32))
        let text = line(record(.intent(intent)))
        let zero = String(repeating: "0", count: 64)
        let body =
            #"{"v":1,"seq":1,"time":"2026-08-21T09:30:00.000001Z","kind":"intent","request_id":"r1","#
            + #""trace_id":"4bf92f","tenant":"acme","caller":"billing","user":"usr_a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1","#
            + #""route":"/api/v1/wego_home/meters/{id}","method":"GET","parameters":["from","to"],"#
            + #""request_bytes":12,"digest":"fp_d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1","durable":0,"prev":"\#(zero)""#
        let hash = SHA256.hash(data: Array(body.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        #expect(text == body + #","hash":"\#(hash.joined())"}"# + "\n")
    }

    static let all: [JournalRecord] = [
        record(.intent(intent("r1"))), record(.outcome(outcome("r1"))),
        record(
            .denied(
                DeniedCalls(
                    key: DenialKey(
                        tenant: "a\"b", caller: nil, user: nil, route: nil, problem: "rate-limited", status: 429),
                    count: 9))),
        record(.admin(AdminEvent(actor: "operator", action: .freeze, object: .user(alice)))),
        record(.start(GatewayStart(version: "1", process: 7))), record(.stop(reason: "signal")),
        record(.recovered(RecoveryNote(reason: "crash", segment: 3, tornBytes: 7))),
        record(
            .segment(
                SegmentHeader(
                    number: 2, previous: 1, durability: .paranoid, tree: CompactRange(), open: ["r1"],
                    failed: FailedSegment(number: 1, after: 5), abandoned: [9]))),
    ]

    @Test(arguments: all)
    func everyKindIsStrictJSONAndReadsBack(_ record: JournalRecord) throws {
        let bytes = Array(line(record, durable: 0).utf8.dropLast())
        let root = try JSONDocument.parse(bytes).root
        #expect(root["kind"]?.string == record.kind.rawValue)
        let read = try bytes.withUnsafeBytes { try RecordLine($0) }
        #expect(read.sequence == 1)
        #expect(read.kind == record.kind)
        #expect(read.previous == .zero)
        #expect(read.hash.hex == root["hash"]?.string)
        if case .segment(let header) = record.content {
            #expect(bytes.withUnsafeBytes { SegmentHeader(line: $0) } == header)
        }
    }

    @Test(arguments: all)
    func everyFlippedBitIsSeen(_ record: JournalRecord) {
        let bytes = Array(line(record).utf8.dropLast())
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: LineProblem.self) { try changed.withUnsafeBytes { try RecordLine($0) } }
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_102_444_799_999_999, "2099-12-31T23:59:59.999999Z"),
            (.max, "9999-12-31T23:59:59.999999Z"), (.min, "0001-01-01T00:00:00.000000Z"),
        ] as [(Int64, String)])
    func writesTimesInUTC(_ time: Int64, _ text: String) {
        #expect(UTCTimestamp.text(time) == text)
    }

    @Test func refusesWhatPassesALimit() {
        let long = String(repeating: "x", count: 257)
        var tooLong = intent("r1")
        tooLong.route = long
        var tooMany = intent("r1")
        tooMany.parameterNames = Array(repeating: "p", count: 65)
        for (content, member) in [
            (JournalRecord.Content.intent(tooLong), "route"), (.intent(tooMany), "parameters"),
            (.intent(intent("")), "request_id"), (.intent(intent("a\"b")), "request_id"),
            (.outcome(outcome(long)), "request_id"), (.stop(reason: long), "reason"),
        ] {
            #expect {
                try record(content).check()
            } throws: { error in
                guard case .invalid(let name, _) = error as? JournalError else { return false }
                return name == member
            }
        }
    }

    @Test func theLongestOutcomeFitsItsShareOfTheReserve() throws {
        var longest = outcome(String(repeating: "x", count: 64))
        longest.problem = String(repeating: "\u{1}", count: 256)
        longest.status = .min
        longest.upstreamStatus = .min
        longest.attempts = .min
        longest.responseBytes = .min
        longest.journalMicroseconds = .min
        longest.upstreamMicroseconds = .min
        longest.totalMicroseconds = .min
        try record(.outcome(longest)).check()
        #expect(line(record(.outcome(longest)), durable: .max).utf8.count <= RecordLimits.outcomeBytes)
    }
}
