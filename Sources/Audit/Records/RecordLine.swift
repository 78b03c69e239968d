// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// What can be read from the bytes of one line without knowing any other line: no JSON is parsed, the members that count
/// have their places.
struct RecordLine {
    let sequence: UInt64

    /// Microseconds since 1970; nil when it does not read like a time.
    let time: Int64?
    let kind: JournalRecord.Kind
    /// Of intents and outcomes.
    let requestID: String?
    let durable: UInt64
    let previous: RecordHash
    let hash: RecordHash

    /// - Parameter line: without its line feed.
    init(_ line: UnsafeRawBufferPointer) throws(LineProblem) {
        var cursor = Cursor(bytes: line)
        guard cursor.skip(#"{"v":"#) else { throw .notARecord }
        guard let version = cursor.number() else { throw .notARecord }
        guard version == JournalRecord.schemaVersion else { throw .unknownVersion }
        guard cursor.skip(#","seq":"#), let sequence = cursor.number(), cursor.skip(#","time":""#),
            let time = cursor.quoted(), cursor.skip(#","kind":""#), let kindText = cursor.text(),
            let kind = JournalRecord.Kind(rawValue: kindText)
        else { throw .notARecord }
        self.sequence = sequence
        self.time = UTCTimestamp.parse(time)
        self.kind = kind
        if kind == .intent || kind == .outcome {
            guard cursor.skip(#","request_id":""#), let requestID = cursor.text() else { throw .notARecord }
            self.requestID = requestID
        } else {
            requestID = nil
        }
        guard let tail = Tail(line, notBefore: cursor.position) else { throw .notARecord }
        durable = tail.durable
        previous = tail.previous
        hash = tail.hash
        guard RecordHash(of: UnsafeRawBufferPointer(rebasing: line[..<tail.hashedCount])) == hash else {
            throw .wrongHash
        }
    }
}

enum LineProblem: Error {
    case notARecord, unknownVersion, wrongHash

    var reason: String {
        switch self {
        case .notARecord: "not a record of this journal's format"
        case .unknownVersion: "a record of a version this program does not know"
        case .wrongHash: "the record's hash does not fit its bytes"
        }
    }
}

/// The members at the end of a line, which have their places counted from its end.
private struct Tail {
    let durable: UInt64
    let previous: RecordHash
    let hash: RecordHash
    let hashedCount: Int

    init?(_ line: UnsafeRawBufferPointer, notBefore start: Int) {
        let hashStart = line.count - 2 - RecordHash.hexCount
        let hashedCount = hashStart - 9
        let previousStart = hashedCount - 1 - RecordHash.hexCount
        let durableEnd = previousStart - 9
        guard durableEnd > start else { return nil }
        var cursor = Cursor(bytes: line, position: durableEnd)
        guard cursor.skip(#","prev":""#), let previous = cursor.hash(), cursor.skip("\""), cursor.skip(#","hash":""#),
            let hash = cursor.hash(), cursor.skip("\"}"), cursor.position == line.count
        else { return nil }
        var digits = durableEnd
        while digits > start, Cursor.isDigit(line[digits - 1]) { digits -= 1 }
        var durable = Cursor(bytes: line, position: max(start, digits - 11))
        guard durable.skip(#","durable":"#), let number = durable.number(), durable.position == durableEnd else {
            return nil
        }
        self.durable = number
        self.previous = previous
        self.hash = hash
        self.hashedCount = hashedCount
    }
}

private struct Cursor {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        guard let base = bytes.baseAddress, memcmp(base + position, text.utf8Start, count) == 0 else { return false }
        position += count
        return true
    }

    /// Decimal digits without leading zeros.
    mutating func number() -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while position < bytes.count, Self.isDigit(bytes[position]) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[position] - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
            position += 1
        }
        let length = position - start
        guard length > 0, length == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }

    /// Up to the closing quote, which is skipped; nil when there is an escape.
    mutating func text() -> String? {
        quoted().map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func quoted() -> UnsafeRawBufferPointer? {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") { return nil }
            position += 1
        }
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    mutating func hash() -> RecordHash? {
        guard bytes.count - position >= RecordHash.hexCount else { return nil }
        defer { position += RecordHash.hexCount }
        return RecordHash(
            hex: UnsafeRawBufferPointer(rebasing: bytes[position..<(position + RecordHash.hexCount)]))
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
