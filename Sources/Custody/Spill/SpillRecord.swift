// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A sealed answer as bytes: each part behind its length. The parts in clear say where the rest belongs; what is sealed opens
/// nowhere else.
enum SpillRecord {
    enum Content {
        case empty
        case answer(SealedAnswer)
        case damaged
    }

    static func encode(_ answer: SealedAnswer) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [
            answer.identifier, answer.tenant.rawValue, answer.user.rawValue, answer.reason, String(answer.byteCount),
            String(answer.created),
        ] {
            append(Array(part.utf8), to: &bytes)
        }
        append(answer.sealed, to: &bytes)
        return bytes
    }

    /// - Parameter record: Nothing, or a record with anything behind it.
    static func decode(_ record: [UInt8]) -> Content {
        guard !record.isEmpty else { return .empty }
        var rest = record[...]
        var parts: [[UInt8]] = []
        while parts.count < 7 {
            guard let part = takePart(of: &rest) else { return .damaged }
            parts.append(part)
        }
        let texts = parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
        guard let tenant = TenantName(texts[1]), let user = HomeUserName(texts[2]), let byteCount = Int(texts[4]),
            let created = Int64(texts[5])
        else { return .damaged }
        return .answer(
            SealedAnswer(
                identifier: texts[0], tenant: tenant, user: user, reason: texts[3], byteCount: byteCount,
                created: created, sealed: parts[6]))
    }

    private static func append(_ part: [UInt8], to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(part.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: part)
    }

    private static func takePart(of rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.count >= 4 else { return nil }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}
