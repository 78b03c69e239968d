// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What a record may hold. The limits keep every line below `RecordLimits.lineBytes`, so that no append can find out
/// half way that a record is too long.
enum RecordLimits {
    /// One text member, UTF-8 before escaping.
    static let textBytes = 256
    static let parameterNames = 64

    /// A record that is not a segment header; and an outcome, which the reserve of a segment is counted in.
    static let lineBytes = 128 * 1024
    static let outcomeBytes = 4096

    /// A segment header lists the open intents; a reader takes lines up to this length.
    static let headerBytes = 4 * 1024 * 1024
    static let requestIDBytes = 64
}

extension JournalRecord {
    /// Throws `invalid` with the member's name when a limit is passed.
    func check() throws(JournalError) {
        switch content {
        case .intent(let intent):
            try Self.checkRequestID(intent.requestID)
            try Self.check(intent.traceID, "trace_id")
            try Self.check(intent.tenant, "tenant")
            try Self.check(intent.caller, "caller")
            try Self.check(intent.route, "route")
            try Self.check(intent.method, "method")
            guard intent.parameterNames.count <= RecordLimits.parameterNames else {
                throw .invalid(member: "parameters", reason: "more than \(RecordLimits.parameterNames) names")
            }
            for name in intent.parameterNames { try Self.check(name, "parameters") }
        case .outcome(let outcome):
            try Self.checkRequestID(outcome.requestID)
            try Self.check(outcome.problem, "problem")
        case .denied(let denied):
            if let requestID = denied.requestID { try Self.checkRequestID(requestID) }
            try Self.check(denied.traceID, "trace_id")
            try Self.check(denied.key.tenant, "tenant")
            try Self.check(denied.key.caller, "caller")
            try Self.check(denied.key.route, "route")
            try Self.check(denied.key.method, "method")
            try Self.check(denied.key.problem, "problem")
        case .admin(let event):
            if let requestID = event.requestID { try Self.checkRequestID(requestID) }
            try Self.check(event.actor, "actor")
            try Self.check(event.tenant, "tenant")
            try Self.check(event.object.name, "object")
            try Self.check(event.problem, "problem")
        case .start(let start): try Self.check(start.version, "version")
        case .stop(let reason): try Self.check(reason, "reason")
        case .recovered(let note): try Self.check(note.reason, "reason")
        case .segment: throw .invalid(member: "kind", reason: "segment headers are written by the journal itself")
        }
    }

    private static func check(_ text: String?, _ member: StaticString) throws(JournalError) {
        guard let text, text.utf8.count > RecordLimits.textBytes else { return }
        throw .invalid(member: "\(member)", reason: "longer than \(RecordLimits.textBytes) bytes")
    }

    /// Request ids are compared as bytes of the line, so they must need no escapes.
    private static func checkRequestID(_ text: String) throws(JournalError) {
        let utf8 = text.utf8
        guard !utf8.isEmpty, utf8.count <= RecordLimits.requestIDBytes,
            utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else {
            throw .invalid(
                member: "request_id",
                reason: "expected 1 to \(RecordLimits.requestIDBytes) printable ASCII characters without quotes")
        }
    }
}
