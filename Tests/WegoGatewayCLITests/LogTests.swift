// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Foundation
import Logging
import Settings
import StrictJSON
import Synchronization
import Testing

@testable import WegoGatewayCLI

struct LogTests {
    private let line = LogLine(
        level: .info, message: "A call ended.",
        facts: [("user", .text("alice")), ("note", .text("two words")), ("status", .number(200)), ("empty", .text(""))])

    @Test func writesForPeople() {
        #expect(
            String(decoding: line.bytes(.text, time: "T"), as: UTF8.self)
                == "T INFO     A call ended. user=alice note=\"two words\" status=200 empty=\"\"\n")
    }

    @Test func writesForMachines() throws {
        let bytes = line.bytes(.json, time: "T")
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"time":"T","level":"info","message":"A call ended.","user":"alice","note":"two words","#
                + "\"status\":200,\"empty\":\"\"}\n")
        _ = try JSONDocument.parse(Array(bytes.dropLast()))
    }

    /// Nothing a caller can choose starts a line or a field of its own.
    @Test(arguments: ["x\nT ERROR forged", "x admin=yes", "x\" admin=\"yes", "\u{1b}[2J", "x\u{2028}y", "x\r"])
    func factsStayInTheirField(hostile: String) throws {
        let line = LogLine(level: .info, message: "m", facts: [("path", .text(hostile))])
        let text = String(decoding: line.bytes(.text, time: "T"), as: UTF8.self)
        #expect(text.utf8.count { $0 == 0x0A || $0 == 0x0D || $0 == 0x1B } == 1)
        #expect(text.contains("path=\""))
        let root = try JSONDocument.parse(Array(line.bytes(.json, time: "T").dropLast())).root
        #expect(root["path"]?.string == hostile)
    }

    @Test func takesEventsOfSwiftLog() {
        let lines = CollectedLines()
        let sink = LogSink(output: lines.add)
        var logger = Logger(label: "test") { _ in LineLogHandler(sink: sink, format: .json, level: .info) }
        logger[metadataKey: "own"] = "o"
        logger.debug("left out")
        logger.info("kept", metadata: ["count": .stringConvertible(5), "name": "n"])
        sink.close()
        #expect(lines.text.contains(#""level":"info","message":"kept","count":5,"name":"n","own":"o"}"#))
        #expect(!lines.text.contains("left out"))
    }

    @Test func keepsLinesWholeAndInOrder() {
        let lines = CollectedLines()
        let sink = LogSink(output: lines.add)
        for number in 0..<5_000 { sink.write(Array("line \(number)\n".utf8)) }
        sink.close()
        #expect(lines.text == (0..<5_000).map { "line \($0)\n" }.joined())
    }

    @Test func aStalledReaderCostsLinesNotMemory() {
        let (lines, gate) = (CollectedLines(), DispatchSemaphore(value: 0))
        let isStalled = Mutex(true)
        let sink = LogSink { bytes in
            if isStalled.withLock({
                let was = $0; $0 = false; return was
            }) {
                gate.wait()
            }
            lines.add(bytes)
        }
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 64 * 1024 - 1) + [0x0A]
        for _ in 0..<100 { sink.write(line) }
        gate.signal()
        sink.close()
        #expect(lines.text.utf8.count <= 2 * LogSink.maximumWaiting + 100)
    }

    @Test func writesCallsInTheOrderOfTheirRecord() {
        let lines = CollectedLines()
        let sink = LogSink(output: lines.add)
        var record = CallRecord(requestID: "r1", method: "GET", decision: .refused, status: 404)
        record.tenant = "acme"
        CallLog(sink: sink, format: .text, clock: LogClock()).record(record)
        sink.close()
        #expect(lines.text.contains("call request_id=r1 tenant=acme method=GET decision=refused status=404"))
    }

    @Test func tellsTheTimeInMilliseconds() {
        let clock = LogClock()
        #expect(clock.text(seconds: 0, milliseconds: 7) == "1970-01-01T00:00:00.007Z")
        #expect(clock.text(seconds: 0, milliseconds: 70) == "1970-01-01T00:00:00.070Z")
        #expect(clock.text(seconds: 1, milliseconds: 700) == "1970-01-01T00:00:01.700Z")
    }
}

private final class CollectedLines: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    @Sendable func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
}
