// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The simulated service, the faults scripted against it and what it has seen: all that changes in a sandbox.
struct SandboxState: Sendable {
    /// What the connection is to do.
    struct Reply: Sendable {
        var answer: SandboxAnswer
        var delay = Duration.zero
        var wire: WireFault?
        /// Seconds by which `Date` is to be off.
        var skew: Int64?
    }

    private let original: Simulator
    var simulator: Simulator
    var faults = FaultScript()
    var log: RequestLog
    /// Stray bytes that have left, counted in faults.
    var strayWrites = 0

    init(_ simulator: Simulator, logCapacity: Int) {
        original = simulator
        self.simulator = simulator
        log = RequestLog(capacity: logCapacity)
    }

    /// Back to the start. Nonces are forgotten with the rest.
    mutating func reset() {
        simulator = original
        faults = FaultScript()
        log = RequestLog(capacity: log.capacity)
        strayWrites = 0
    }

    /// Answers one request, or spoils its answer as scripted, and writes it down.
    mutating func reply(
        to request: SandboxRequest, now: Int64, mint: () -> TokenPair
    ) -> (reply: Reply, record: VerdictRecord) {
        let user = faults.asksForUsers ? simulator.provider.claimedUser(of: request) : nil
        let struck = faults.strike(request, user: user)
        var reply = self.reply(to: request, under: struck?.fault.effect, now: now, mint: mint)
        reply.delay = struck?.fault.delay ?? .zero
        // A cut answer has no status for anybody to see.
        var status = reply.answer.status
        if case .cut = reply.wire { status = 0 }
        let record = VerdictRecord(request, verdict: reply.answer.verdict, status: status, fault: struck?.id)
        log.append(record)
        return (reply, record)
    }

    /// The signature is checked whatever the fault: a nonce that came with a failed request is used all the same.
    private mutating func reply(
        to request: SandboxRequest, under effect: Fault.Effect?, now: Int64, mint: () -> TokenPair
    ) -> Reply {
        switch effect {
        case nil:
            return Reply(answer: simulator.answer(to: request, now: now, mint: mint))
        case .answer(let scripted):
            return Reply(answer: SandboxAnswer(scripted, verdict: simulator.verdict(on: request, now: now)))
        case .cut(.afterRead):
            let verdict = simulator.verdict(on: request, now: now)
            return Reply(answer: SandboxAnswer(status: 500, json: nil, verdict: verdict), wire: .cut(.afterRead))
        case .cut(let cut):
            return Reply(answer: simulator.answer(to: request, now: now, mint: mint), wire: .cut(cut))
        case .skew(let seconds):
            return Reply(answer: simulator.answer(to: request, now: now + seconds, mint: mint), skew: seconds)
        case .stray(let bytes):
            return Reply(answer: simulator.answer(to: request, now: now, mint: mint), wire: .stray(bytes))
        }
    }
}

extension SandboxAnswer {
    init(_ scripted: Fault.ScriptedAnswer, verdict: Verdict) {
        self.init(status: scripted.status, json: nil, verdict: verdict)
        let hasBody = scripted.status != 204 && scripted.status != 304
        body = hasBody ? scripted.body : nil
        fields = scripted.fields
    }
}
