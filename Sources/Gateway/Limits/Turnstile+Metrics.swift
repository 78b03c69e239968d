// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

extension Turnstile {
    /// The limits' part of `/metrics`.
    func prometheusText() -> String {
        var text = PrometheusWriter()
        writeDecisions(to: &text)
        writeWaiting(to: &text)
        writeUpstream(to: &text)
        return text.text
    }

    private func writeDecisions(to text: inout PrometheusWriter) {
        let decisions = desk.own.counts
        text.family(
            "wego_gateway_limit_decisions_total", "counter",
            "Calls by policy: counted on it, refused by it, or let through by its shadow mode.")
        for kind in LimitKind.allCases {
            let counts = decisions[kind]
            for (decision, count) in [
                ("admitted", counts.admitted), ("refused", counts.refused), ("shadow-refused", counts.shadowed),
            ] {
                text.sample([("policy", kind.rawValue), ("decision", decision)], "\(count)")
            }
        }
        text.family("wego_gateway_limit_keys", "gauge", "Keys that are counted right now.")
        text.sample([], "\(desk.own.size)")
    }

    private func writeWaiting(to text: inout PrometheusWriter) {
        let (waiting, longest) = waitingCounts()
        text.family("wego_gateway_waiting_calls", "gauge", "Calls that wait for their turn.")
        text.sample([], "\(waiting)")
        text.family("wego_gateway_waiting_longest_seconds", "gauge", "How long the longest of them has waited.")
        text.sample([], "\(Double(longest) / 1e9)")
        let values = counts.values
        text.family(
            "wego_gateway_waiting_refused_total", "counter",
            "Calls that would have waited and were refused because as many waited as may.")
        text.sample([], "\(values.noRoom)")
        text.histograms(
            "wego_gateway_waiting_seconds", "How long calls waited for their turn, by how that ended.", label: "end",
            Dictionary(uniqueKeysWithValues: values.waited.map { ($0.key.rawValue, $0.value) }))
    }

    private func writeUpstream(to text: inout PrometheusWriter) {
        let status = upstream.status(now: now)
        text.family("wego_gateway_upstream_held_total", "counter", "Attempts to send that were held, by cause.")
        for hold in UpstreamHold.allCases { text.sample([("cause", hold.rawValue)], "\(status.counts[hold])") }
        text.family("wego_gateway_upstream_pauses_total", "counter", "Answers of WegoWise that asked for a pause.")
        text.sample([], "\(status.counts.pauses)")
        text.family(
            "wego_gateway_upstream_paused_consumers", "gauge", "Consumers that pause, or open again after a pause.")
        text.sample([], "\(status.pauses.count)")
        text.family(
            "wego_gateway_circuit_breaker_open", "gauge",
            "Whether the circuit breaker holds calls (1), or a probe is out.")
        text.sample([], status.breaker == .closed ? "0" : "1")
        text.family("wego_gateway_circuit_breaker_openings_total", "counter", "Times the circuit breaker opened.")
        text.sample([], "\(status.openings)")
        text.family(
            "wego_gateway_upstream_concurrency_limit", "gauge",
            "Calls that may be under way to WegoWise, as it bears them.")
        text.sample([], "\(status.concurrency.limit)")
        text.family("wego_gateway_upstream_concurrency", "gauge", "Calls let through to WegoWise and not yet ended.")
        text.sample([], "\(status.concurrency.inFlight)")
        text.family("wego_gateway_retry_budget", "gauge", "Second attempts that could be made right now.")
        text.sample([], "\(status.retriesLeft)")
        text.family("wego_gateway_retries_refused_total", "counter", "Second attempts that the budget refused.")
        text.sample([], "\(status.counts.retriesRefused)")
    }
}
