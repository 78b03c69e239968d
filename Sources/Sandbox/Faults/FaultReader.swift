// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import HTTPTypes
import StrictJSON

/// Reads the script of one fault: `{"match": {...}, "fault": {...}, "times": 1}`.
struct FaultReader {
    static let maximumDelay = Duration.seconds(600)
    /// Bytes.
    static let maximumStray = 64 * 1024

    private let document: JSONDocument

    static func read(_ bytes: [UInt8]) throws(APIFailure) -> (fault: Fault, times: Int) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument.parse(bytes)
        } catch {
            throw .invalid("The body is not JSON: \(error.description)")
        }
        return try FaultReader(document: document).script()
    }

    private func script() throws(APIFailure) -> (fault: Fault, times: Int) {
        let members = try members(of: document.root, at: "the body", allowing: ["match", "fault", "times"])
        guard let script = members["fault"] else { throw .invalid("fault: required") }
        let parts = try self.members(
            of: script, at: "fault",
            allowing: ["status", "body", "headers", "retry_after", "delay", "cut", "skew", "stray"])
        let delay = try parts["delay"].map { value throws(APIFailure) in try duration(value, at: "fault.delay") }
        guard (.zero...Self.maximumDelay).contains(delay ?? .zero) else {
            throw .invalid("fault.delay: must be between 0s and 600s")
        }
        let effect = try effect(parts)
        guard effect != nil || delay != nil else {
            throw .invalid("fault: expected one of status, retry_after, delay, cut, skew and stray")
        }
        let times = try members["times"].map { value throws(APIFailure) in
            try integer(value, at: "times", in: 1...FaultScript.maximumTimes)
        }
        let fault = Fault(
            match: try match(members["match"]), effect: effect, delay: delay ?? .zero,
            description: String(decoding: document.rawBytes(of: script), as: UTF8.self))
        return (fault, times ?? 1)
    }

    private func match(_ value: JSONValue?) throws(APIFailure) -> Fault.Match {
        guard let value else { return Fault.Match() }
        let members = try members(of: value, at: "match", allowing: ["method", "path_prefix", "user"])
        func text(_ name: String) throws(APIFailure) -> String? {
            try members[name].map { value throws(APIFailure) in try string(value, at: "match.\(name)") }
        }
        return Fault.Match(
            method: try text("method")?.uppercased(), pathPrefix: try text("path_prefix"), user: try text("user"))
    }

    private func effect(_ parts: [String: JSONValue]) throws(APIFailure) -> Fault.Effect? {
        let answers = parts["status"] != nil || parts["retry_after"] != nil
        let others = ["cut", "skew", "stray"].filter { parts[$0] != nil }
        guard others.count + (answers ? 1 : 0) <= 1 else {
            throw .invalid("fault: only one of status (with retry_after), cut, skew and stray at a time")
        }
        if answers { return .answer(try answer(parts)) }
        guard parts["body"] == nil, parts["headers"] == nil else {
            throw .invalid("fault: body and headers need a status")
        }
        if let value = parts["cut"] {
            let text = try string(value, at: "fault.cut")
            guard let cut = Fault.Cut(rawValue: text) else {
                throw .invalid("fault.cut: expected after-read, before-head, mid-head or mid-body")
            }
            return .cut(cut)
        }
        if let value = parts["skew"] { return .skew(try duration(value, at: "fault.skew").components.seconds) }
        if let value = parts["stray"] {
            let bytes = Array(try string(value, at: "fault.stray").utf8)
            guard (1...Self.maximumStray).contains(bytes.count) else {
                throw .invalid("fault.stray: must have 1 to \(Self.maximumStray) bytes")
            }
            return .stray(bytes)
        }
        return nil
    }

    private func answer(_ parts: [String: JSONValue]) throws(APIFailure) -> Fault.ScriptedAnswer {
        var answer = Fault.ScriptedAnswer(status: 429)
        if let value = parts["status"] { answer.status = try integer(value, at: "fault.status", in: 200...599) }
        if let value = parts["retry_after"] {
            let seconds = try integer(value, at: "fault.retry_after", in: 0...86_400)
            answer.fields.append(("Retry-After", String(seconds)))
        }
        if let value = parts["body"] {
            // Text is sent as it is, anything else as the JSON it is.
            answer.body = value.string.map { Array($0.utf8) } ?? Array(document.rawBytes(of: value))
        }
        guard let headers = parts["headers"] else { return answer }
        guard let members = headers.members else { throw .invalid("fault.headers: expected an object of strings") }
        for (name, value) in members {
            guard let field = HTTPField.Name(name), field != .contentLength, field != .transferEncoding,
                field != WireFault.fieldName
            else { throw .invalid("fault.headers: \(name) cannot be set") }
            let text = try string(value, at: "fault.headers.\(name)")
            guard HTTPField.isValidValue(text) else { throw .invalid("fault.headers.\(name): not a header value") }
            answer.fields.append((name, text))
        }
        return answer
    }
}

extension FaultReader {
    private func members(
        of value: JSONValue, at place: String, allowing names: Set<String>
    ) throws(APIFailure) -> [String: JSONValue] {
        guard let members = value.members else { throw .invalid("\(place): expected an object") }
        if let stranger = members.first(where: { !names.contains($0.key) })?.key {
            let known = names.sorted().joined(separator: ", ")
            throw .invalid("\(place): unknown member \(stranger); known are \(known)")
        }
        return Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
    }

    private func string(_ value: JSONValue, at place: String) throws(APIFailure) -> String {
        guard let text = value.string else {
            throw .invalid("\(place): expected a string, found \(value.typeName)")
        }
        return text
    }

    private func integer(
        _ value: JSONValue, at place: String, in range: ClosedRange<Int>
    ) throws(APIFailure) -> Int {
        guard case .number(let text) = value.kind, let number = Int(text), range.contains(number) else {
            throw .invalid("\(place): expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func duration(_ value: JSONValue, at place: String) throws(APIFailure) -> Duration {
        let text = try string(value, at: place)
        for (unit, factor) in [("ms", Duration.milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60))]
        where text.hasSuffix(unit) {
            guard let count = Int(text.dropLast(unit.count)), count.magnitude < 1_000_000_000 else { break }
            return factor * count
        }
        throw .invalid("\(place): expected a duration such as \"250ms\", \"3s\" or \"-10m\"")
    }
}
