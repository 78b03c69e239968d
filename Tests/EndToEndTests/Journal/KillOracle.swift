// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Decides whether a journal holds what others saw of a gateway that was killed again and again. The upstream reports a
/// request before it answers; a client remembers an answer when it has read all of it.
struct KillOracle {
    let seen: [UpstreamRecord]
    let answers: [KillLoad.Answer]
    private(set) var complaints: [String] = []
    private(set) var unknown = 0
    private(set) var intents: [String: JournalLine] = [:]

    private var intentByWord: [String: JournalLine] = [:]
    private var outcomes: [String: JournalLine] = [:]

    init(seen: [UpstreamRecord], answers: [KillLoad.Answer], journal: [JournalLine]) {
        self.seen = seen
        self.answers = answers
        readRecords(journal)
        checkOutcomes()
        checkRequests()
        checkAnswers()
    }

    private mutating func readRecords(_ journal: [JournalLine]) {
        var durability = ""
        for (line, expected) in zip(journal, 1...) {
            if line.seq != expected { complaints.append("record \(line.seq) stands where \(expected) belongs") }
            switch line.kind {
            case "segment": durability = line.durability ?? ""
            case "intent":
                guard let id = line.request_id, let word = line.trace_id else { continue }
                if intents.updateValue(line, forKey: id) != nil { complaints.append("two intents \(id)") }
                if intentByWord.updateValue(line, forKey: word) != nil { complaints.append("two intents for \(word)") }
            case "outcome": readOutcome(line, durability)
            default: continue
            }
        }
    }

    /// `durable` in an outcome shows that the intent was on the device before anything was sent.
    private mutating func readOutcome(_ line: JournalLine, _ durability: String) {
        guard let id = line.request_id, let intent = intents[id] else {
            complaints.append("outcome \(line.seq) has no intent before it")
            return
        }
        if outcomes.updateValue(line, forKey: id) != nil { complaints.append("two outcomes of \(id)") }
        let mayFollowLater = durability == "relaxed" && intent.method == "GET" || line.result == "unknown"
        if !mayFollowLater, (line.durable ?? 0) < intent.seq {
            complaints.append("\(id) was \(line.result ?? "") before its intent was durable (\(durability))")
        }
    }

    private mutating func checkOutcomes() {
        for id in intents.keys where outcomes[id] == nil { complaints.append("intent \(id) has no outcome") }
        let open = outcomes.values.filter { $0.result == "unknown" }
        unknown = open.count
        if open.contains(where: { $0.problem != "crash" }) { complaints.append("unknown for another reason") }
        let arrived = Set(seen.compactMap { $0.parameters?.first?.first })
        for (id, outcome) in outcomes where outcome.result == "not_sent" {
            guard let word = intents[id]?.trace_id, arrived.contains(word) else { continue }
            complaints.append("\(id) was sent after all")
        }
    }

    private mutating func checkRequests() {
        var changes: Set<String> = []
        var pseudonyms: [String: Set<String>] = [:]
        for request in seen {
            guard let word = request.parameters?.first?.first else { continue }
            guard let intent = intentByWord[word] else {
                complaints.append("the upstream saw \(request.method ?? "") \(request.target ?? "") without an intent")
                continue
            }
            if intent.method != request.method { complaints.append("\(word) is recorded as \(intent.method ?? "-")") }
            pseudonyms[request.user ?? "", default: []].insert(intent.user ?? "")
            if request.method != "GET", !changes.insert(word).inserted { complaints.append("\(word) was sent twice") }
        }
        // Each person has one pseudonym, over all restarts, and shares it with nobody.
        let all = pseudonyms.values.flatMap { $0 }
        if Set(all).count != pseudonyms.count || all.count != pseudonyms.count {
            complaints.append("pseudonyms do not stand for one person each: \(pseudonyms)")
        }
    }

    private mutating func checkAnswers() {
        for answer in answers {
            // A refusal needs no intent. If there is one, it has an outcome all the same; see `checkOutcomes`.
            if answer.isRefusal { continue }
            guard let id = answer.requestID, let outcome = outcomes[id] else {
                complaints.append("the answer \(answer.status) to \(answer.word) has no outcome")
                continue
            }
            if intents[id]?.trace_id != answer.word { complaints.append("\(id) belongs to another call") }
            if outcome.result != "answered" || outcome.status != answer.status {
                complaints.append(
                    "a client saw \(answer.status), the journal says \(outcome.result ?? "") \(outcome.status ?? 0)")
            }
        }
    }
}
