// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension JournalRecord {
    /// Appends the whole line, line feed included, as the record after `chain`.
    ///
    /// - Parameter durable: number of the last record known to be synced. It tells a recovery what a power failure
    ///   cannot have torn: anything a later valid record calls durable.
    /// - Returns: the record's hash: over the bytes of the line before `,"hash":`.
    func append(to out: inout [UInt8], after chain: ChainState, durable: UInt64) -> RecordHash {
        let start = out.count
        out.append(#"{"v":1,"seq":"#, number: chain.sequence + 1)
        out.append(raw: #","time":""#)
        UTCTimestamp.append(time, to: &out)
        content.appendKindAndMembers(to: &out)
        out.append(#","durable":"#, number: durable)
        out.append(raw: #","prev":""#)
        chain.hash.append(hexTo: &out)
        out.append(UInt8(ascii: "\""))
        let hash = out.withUnsafeBytes { RecordHash(of: UnsafeRawBufferPointer(rebasing: $0[start...])) }
        out.append(raw: #","hash":""#)
        hash.append(hexTo: &out)
        out.append(raw: "\"}\n")
        return hash
    }
}

extension JournalRecord.Content {
    /// From the quote that ends the time on.
    fileprivate func appendKindAndMembers(to out: inout [UInt8]) {
        switch self {
        case .intent(let intent):
            out.append(raw: #"","kind":"intent""#)
            intent.appendMembers(to: &out)
        case .outcome(let outcome):
            out.append(raw: #"","kind":"outcome""#)
            outcome.appendMembers(to: &out)
        case .denied(let denied):
            out.append(raw: #"","kind":"denied""#)
            denied.appendMembers(to: &out)
        case .admin(let event):
            out.append(raw: #"","kind":"admin""#)
            event.appendMembers(to: &out)
        case .start(let start):
            out.append(raw: #"","kind":"start""#)
            out.append(#","version":"#, text: start.version)
            out.append(#","pid":"#, number: start.process)
        case .stop(let reason):
            out.append(raw: #"","kind":"stop""#)
            out.append(#","reason":"#, text: reason)
        case .recovered(let note):
            out.append(raw: #"","kind":"recovered""#)
            note.appendMembers(to: &out)
        case .segment(let header):
            out.append(raw: #"","kind":"segment""#)
            header.appendMembers(to: &out)
        }
    }
}

extension CallIntent {
    fileprivate func appendMembers(to out: inout [UInt8]) {
        out.append(#","request_id":"#, text: requestID)
        out.append(#","trace_id":"#, text: traceID)
        out.append(#","tenant":"#, text: tenant)
        out.append(#","caller":"#, text: caller)
        out.append(#","user":"#, text: user?.text)
        out.append(#","route":"#, text: route)
        out.append(#","method":"#, text: method)
        if !parameterNames.isEmpty {
            out.append(#","parameters":"#, list: parameterNames) { name, out in out.append(quoted: name) }
        }
        out.append(#","request_bytes":"#, number: requestBytes)
        out.append(#","digest":"#, text: digest?.text)
    }
}

extension CallOutcome {
    fileprivate func appendMembers(to out: inout [UInt8]) {
        out.append(#","request_id":"#, text: requestID)
        out.append(#","result":"#, text: result.rawValue)
        out.append(#","status":"#, number: status)
        out.append(#","upstream_status":"#, number: upstreamStatus)
        out.append(#","problem":"#, text: problem)
        out.append(#","attempts":"#, number: attempts)
        out.append(#","response_bytes":"#, number: responseBytes)
        out.append(#","journal_us":"#, number: journalMicroseconds)
        out.append(#","upstream_us":"#, number: upstreamMicroseconds)
        out.append(#","total_us":"#, number: totalMicroseconds)
    }
}

extension DeniedCalls {
    fileprivate func appendMembers(to out: inout [UInt8]) {
        out.append(#","request_id":"#, text: requestID)
        out.append(#","trace_id":"#, text: traceID)
        out.append(#","tenant":"#, text: key.tenant)
        out.append(#","caller":"#, text: key.caller)
        out.append(#","user":"#, text: key.user?.text)
        out.append(#","route":"#, text: key.route)
        out.append(#","method":"#, text: key.method)
        out.append(#","status":"#, number: key.status)
        out.append(#","problem":"#, text: key.problem)
        out.append(#","count":"#, number: count)
    }
}

extension AdminEvent {
    fileprivate func appendMembers(to out: inout [UInt8]) {
        out.append(#","request_id":"#, text: requestID)
        out.append(#","actor":"#, text: actor)
        out.append(#","action":"#, text: action.rawValue)
        out.append(#","tenant":"#, text: tenant)
        out.append(#","object":"#, text: object.kind)
        out.append(#","name":"#, text: object.name)
        out.append(#","result":"#, text: result?.rawValue)
        out.append(#","problem":"#, text: problem)
        out.append(#","old":"#, text: old?.text)
        out.append(#","new":"#, text: new?.text)
    }
}

extension RecoveryNote {
    fileprivate func appendMembers(to out: inout [UInt8]) {
        out.append(#","reason":"#, text: reason)
        out.append(#","repaired_segment":"#, number: segment.map(Int64.init(clamping:)))
        out.append(#","torn_bytes":"#, number: tornBytes)
        out.append(#","open_intents":"#, number: openIntents)
        out.append(#","refused":"#, number: refused)
        if lostChanges > 0 { out.append(#","lost_changes":"#, number: lostChanges) }
    }
}

extension SegmentHeader {
    fileprivate func appendMembers(to out: inout [UInt8]) {
        out.append(#","segment":"#, number: number)
        out.append(#","previous":"#, number: previous)
        out.append(#","durability":"#, text: durability.rawValue)
        out.append(#","tree":{"size":"#, number: tree.size)
        out.append(#","nodes":"#, list: tree.nodes) { node, out in
            out.append(UInt8(ascii: "\""))
            node.append(hexTo: &out)
            out.append(UInt8(ascii: "\""))
        }
        out.append(raw: "}")
        out.append(#","open":"#, list: open) { requestID, out in out.append(quoted: requestID) }
        if let failed {
            out.append(#","failed":{"segment":"#, number: failed.number)
            out.append(#","after":"#, number: failed.after)
            out.append(raw: "}")
        }
        if !abandoned.isEmpty {
            out.append(#","abandoned":"#, list: abandoned) { number, out in out.append(decimal: number) }
        }
    }
}
