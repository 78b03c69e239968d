// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A record as it was read.
package struct JournalEntry: Sendable, Equatable {
    package let sequence: UInt64

    /// Microseconds since 1970.
    package let time: Int64
    package let kind: JournalRecord.Kind

    /// The line without its line feed: one JSON object, as it stands in the segment.
    package let line: [UInt8]

    /// What the record says of a call. An outcome has what its intent said, too, if the reader has seen that.
    package internal(set) var facts: CallFacts

    package var text: String { String(decoding: line, as: UTF8.self) }

    /// The `hash` of the record before, and its own, in hexadecimal.
    package var previousHash: String { hexadecimal(endingAt: line.count - 2 - RecordHash.hexCount - 10) }
    package var hash: String { hexadecimal(endingAt: line.count - 2) }

    private func hexadecimal(endingAt end: Int) -> String {
        guard end >= RecordHash.hexCount else { return "" }
        return String(decoding: line[(end - RecordHash.hexCount)..<end], as: UTF8.self)
    }
}

/// The members of a record that somebody asks for. Nil for what it does not have.
package struct CallFacts: Sendable, Equatable {
    package var requestID: String?
    package var traceID: String?
    package var tenant: String?
    package var caller: String?
    package var user: String?
    package var route: String?
    package var method: String?
    package var result: String?
    package var status: Int64?
    package var upstreamStatus: Int64?
    package var problem: String?
    package var attempts: Int64?
    package var requestBytes: Int64?
    package var responseBytes: Int64?
    package var totalMicroseconds: Int64?
    package var count: Int64?
    package var actor: String?
    package var action: String?
    package var object: String?
    package var name: String?

    package init() {}

    /// The pseudonym of the home user that a change is about: itself, or its limits.
    fileprivate var changedUser: String? {
        let prefix = "home-user "
        switch object {
        case "user": return name
        case "limits" where name?.hasPrefix(prefix + "usr_") ?? false:
            return name.map { String($0.dropFirst(prefix.count)) }
        default: return nil
        }
    }

    /// What an intent knows and its outcome does not repeat.
    mutating func inherit(_ intent: CallFacts) {
        traceID = traceID ?? intent.traceID
        tenant = tenant ?? intent.tenant
        caller = caller ?? intent.caller
        user = user ?? intent.user
        route = route ?? intent.route
        method = method ?? intent.method
        requestBytes = requestBytes ?? intent.requestBytes
    }
}

extension JournalEntry {
    /// Nil when the line is no record of a version this program knows. Its hash is not looked at.
    init?(line: UnsafeRawBufferPointer) {
        guard var members = MemberScanner(line), let version = members.next(), version.name.equals("v"),
            version.value.jsonNumber == Int64(JournalRecord.schemaVersion),
            let sequence = members.next(), sequence.name.equals("seq"), let number = sequence.value.jsonNumber,
            let time = members.next(), time.name.equals("time"), time.value.count == UTCTimestamp.byteCount + 2,
            let moment = UTCTimestamp.parse(UnsafeRawBufferPointer(rebasing: time.value[1..<(time.value.count - 1)])),
            let kindMember = members.next(), kindMember.name.equals("kind"),
            let kind = kindMember.value.jsonText.flatMap(JournalRecord.Kind.init(rawValue:))
        else { return nil }
        self.sequence = UInt64(clamping: number)
        self.time = moment
        self.kind = kind
        var facts = CallFacts()
        if kind != .segment {
            while let (name, value) = members.next() { facts.take(name, value) }
            // Whoever asks for a home user asks for the changes of it, too.
            if kind == .admin { facts.user = facts.changedUser }
        }
        self.facts = facts
        self.line = Array(line)
    }
}

extension CallFacts {
    private static let texts: [(StaticString, WritableKeyPath<CallFacts, String?> & Sendable)] = [
        ("request_id", \.requestID), ("trace_id", \.traceID), ("tenant", \.tenant), ("caller", \.caller),
        ("user", \.user), ("route", \.route), ("method", \.method), ("result", \.result), ("problem", \.problem),
        ("actor", \.actor), ("action", \.action), ("object", \.object), ("name", \.name),
    ]
    private static let numbers: [(StaticString, WritableKeyPath<CallFacts, Int64?> & Sendable)] = [
        ("status", \.status), ("upstream_status", \.upstreamStatus), ("attempts", \.attempts),
        ("request_bytes", \.requestBytes), ("response_bytes", \.responseBytes), ("total_us", \.totalMicroseconds),
        ("count", \.count),
    ]

    fileprivate mutating func take(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if value.first == UInt8(ascii: "\"") {
            for (known, path) in Self.texts where name.equals(known) { self[keyPath: path] = value.jsonText }
        } else {
            for (known, path) in Self.numbers where name.equals(known) { self[keyPath: path] = value.jsonNumber }
        }
    }
}
