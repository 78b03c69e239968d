// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import RateLimits
import StrictJSON

/// Calls of the past, read from lines of the audit journal or of the gateway's log.
struct CallHistory {
    private(set) var calls: [ReplayedCall] = []

    /// Lines that tell of no call, or of one that came to no limit.
    private(set) var otherLines = 0

    /// Of intents, by request, until their outcomes are met.
    private var open: [String: Int] = [:]

    private enum Form {
        case journal
        case log
    }

    /// By the time at which they came, counted from the first.
    func sorted() -> [ReplayedCall] {
        let first = calls.map(\.time).min() ?? 0
        var sorted = calls.sorted { $0.time < $1.time }
        for index in sorted.indices { sorted[index].time -= first }
        return sorted
    }

    mutating func read(_ line: Substring) {
        guard let facts = Self.facts(line),
            let time = facts["time"].flatMap({ MomentArgument.microseconds($0, now: 0) })
        else {
            otherLines += line.isEmpty ? 0 : 1
            return
        }
        switch facts["kind"] {
        case "intent": add(facts, at: time, duration: nil, identifier: facts["request_id"])
        case "outcome": end(facts)
        case "denied" where facts["problem"] == "quota-exceeded":
            for _ in 0..<(facts["count"].flatMap { Int($0) } ?? 1) {
                add(facts, at: time, duration: nil, identifier: nil)
            }
        case nil where facts["message"] == "call" && Self.cameToLimits(facts):
            let duration = facts["total_us"].flatMap { Int64($0) } ?? 0
            add(facts, at: time - duration, duration: duration, identifier: nil)
        default: otherLines += 1
        }
    }

    private static func cameToLimits(_ facts: [String: String]) -> Bool {
        facts["decision"] == "forwarded" || facts["problem"] == "quota-exceeded"
    }

    /// - Parameters: times in microseconds.
    private mutating func add(_ facts: [String: String], at time: Int64, duration: Int64?, identifier: String?) {
        guard let tenant = facts["tenant"] else {
            otherLines += 1
            return
        }
        var call = Self.call(facts, tenant)
        call.time = time * 1000
        call.duration = duration.map { $0 * 1000 }
        if let identifier { open[identifier] = calls.count }
        calls.append(call)
    }

    /// What it counts on, as the gateway counts it and as far as its record tells.
    private static func call(_ facts: [String: String], _ tenant: String) -> ReplayedCall {
        let homeUser = facts["home_user"] ?? facts["user"]
        var call = ReplayedCall(time: 0)
        // Which consumer it was is not recorded.
        call.consumer = homeUser == nil ? nil : LimitKey(.consumer, tenant: tenant, name: tenant)
        // What the gateway asks by itself, or for a browser that comes back, counts on that alone.
        guard let caller = facts["caller"], caller != CallRecord.gatewayCaller else { return call }
        call.homeUser = homeUser.map { LimitKey(.homeUser, tenant: tenant, name: $0) }
        // Operators' calls have a caller that is none.
        call.caller = CallerName(caller).map { LimitKey(.caller, tenant: tenant, name: $0.rawValue) }
        call.tenant = LimitKey(.tenant, tenant: tenant, name: tenant)
        return call
    }

    private mutating func end(_ facts: [String: String]) {
        guard let identifier = facts["request_id"], let index = open.removeValue(forKey: identifier),
            let duration = facts["total_us"].flatMap({ Int64($0) })
        else { return }
        calls[index].duration = duration * 1000
    }

    /// The members of a JSON object, or what stands behind the time, the level and the word "call" of a line of text.
    private static func facts(_ line: Substring) -> [String: String]? {
        if line.first == "{" {
            guard let members = try? JSONDocument.parse(Array(line.utf8)).root.members else { return nil }
            return Dictionary(members.map { ($0.key, EntryOutput.text($0.value)) }) { first, _ in first }
        }
        let words = line.split(separator: " ")
        guard words.count > 3, words[2] == "call" else { return nil }
        var facts = ["time": String(words[0]), "message": "call"]
        for word in words[3...] {
            let pair = word.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { facts[String(pair[0])] = String(pair[1]) }
        }
        return facts
    }
}
