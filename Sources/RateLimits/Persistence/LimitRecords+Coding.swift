// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Why stored windows cannot be read. Nothing of them is used then.
package enum LimitRecordsError: Error, Sendable, Equatable {
    case notLimits
    case cut
    case badLine(Int)
}

/// Lines of text: one that says what it is, one a window, one that says how many there are and closes with a checksum.
extension LimitRecords {
    private static let title = "wego-gateway-limits 1"

    package func encoded() -> [UInt8] {
        var text: [UInt8] = Array("\(Self.title) \(written) \(mark)\n".utf8)
        for record in records {
            let (key, window) = (record.key, record.window)
            text += "\(key.kind.rawValue) \(Self.escaped(key.tenant)) \(Self.escaped(key.name)) ".utf8
            text += "\(window.permits) \(window.periodSeconds) \(window.burst) \(record.arrival)\n".utf8
        }
        text += "end \(records.count) \(Self.checksum(text))\n".utf8
        return text
    }

    package init(decoding bytes: [UInt8]) throws(LimitRecordsError) {
        guard bytes.starts(with: Self.title.utf8) else { throw .notLimits }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let first = Self.words(lines[0])
        guard lines.count >= 3, lines[lines.count - 1].isEmpty, first.count == 4, let written = Int64(first[2]),
            let mark = UInt64(first[3])
        else { throw .cut }
        let end = lines[lines.count - 2]
        let sum = Self.checksum(bytes[..<end.startIndex])
        guard end.elementsEqual("end \(lines.count - 3) \(sum)".utf8) else { throw .cut }
        var records: [LimitRecord] = []
        records.reserveCapacity(lines.count - 3)
        for (number, line) in lines.dropFirst().dropLast(2).enumerated() {
            guard let record = Self.record(line) else { throw .badLine(number + 2) }
            records.append(record)
        }
        self.init(written: written, mark: mark, records: records)
    }

    private static func record(_ line: ArraySlice<UInt8>) -> LimitRecord? {
        let words = words(line)
        guard words.count == 7, let kind = LimitKind(rawValue: words[0]), let tenant = unescaped(words[1]),
            let name = unescaped(words[2]), let permits = Int(words[3]), let seconds = Int64(words[4]),
            let burst = Int(words[5]), let arrival = Int64(words[6]), permits > 0, seconds > 0, burst > 0
        else { return nil }
        return LimitRecord(
            key: LimitKey(kind, tenant: tenant, name: name),
            window: RateWindow(permits: permits, period: .seconds(seconds), burst: burst), arrival: arrival)
    }

    private static func words(_ line: ArraySlice<UInt8>) -> [String] {
        line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// FNV-1a. Against accidents, not against anybody.
    private static func checksum(_ bytes: some Sequence<UInt8>) -> String {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(sum, radix: 16)
    }

    /// Names of custody need none of it.
    private static func escaped(_ text: String) -> String {
        guard text.isEmpty || text.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "%") }) else { return text }
        return "%" + text.utf8.map { String($0, radix: 16) }.joined(separator: "-")
    }

    private static func unescaped(_ text: String) -> String? {
        guard text.utf8.first == UInt8(ascii: "%") else { return text }
        let bytes = text.dropFirst().split(separator: "-").map { UInt8($0, radix: 16) }
        guard !bytes.contains(nil) else { return nil }
        return String(decoding: bytes.compactMap { $0 }, as: UTF8.self)
    }
}
