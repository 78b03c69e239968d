// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import Synchronization

/// The labels of one counted request. All come from closed sets.
package struct MetricLabels: Hashable, Sendable {
    let route: String
    let method: String
    let status: Int

    /// Answered by the gateway itself.
    let isOwn: Bool
}

/// Counters and latency histograms of the data plane, in the Prometheus text format.
package final class GatewayMetrics: Sendable {
    private struct Values {
        var requests: [MetricLabels: UInt64] = [:]
        var overhead: [String: Histogram] = [:]
        var upstream: [String: Histogram] = [:]
        var failures: [TransferFailure.Kind: UInt64] = [:]
        var resigned: UInt64 = 0
    }

    private let values = Mutex(Values())

    package init() {}

    /// `upstream` is the time the answer took from WegoWise; the rest of `total` is the gateway's own.
    func count(_ labels: MetricLabels, total: TimeAmount, upstream: Duration?) {
        values.withLock { values in
            values.requests[labels, default: 0] += 1
            guard let upstream else { return }
            let upstreamNanoseconds = upstream / .nanoseconds(1)
            values.upstream[labels.route, default: Histogram()].add(nanoseconds: upstreamNanoseconds)
            values.overhead[labels.route, default: Histogram()]
                .add(nanoseconds: max(0, total.nanoseconds - Int64(upstreamNanoseconds)))
        }
    }

    func countUpstreamFailure(_ kind: TransferFailure.Kind) {
        values.withLock { $0.failures[kind, default: 0] += 1 }
    }

    /// A call was signed anew because its timestamp was refused.
    func countResigned() {
        values.withLock { $0.resigned += 1 }
    }

    package func prometheusText() -> String {
        let values = self.values.withLock { $0 }
        var text = PrometheusWriter()
        text.family("wego_gateway_requests_total", "counter", "Requests on the data plane, by what became of them.")
        for (labels, count) in values.requests.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            text.sample(
                [
                    ("route", labels.route), ("method", labels.method), ("status", "\(labels.status)"),
                    ("source", labels.isOwn ? "gateway" : "upstream"),
                ], "\(count)")
        }
        text.family("wego_gateway_upstream_failures_total", "counter", "Transfers without an answer, by cause.")
        for kind in TransferFailure.Kind.allCases {
            text.sample([("cause", kind.rawValue)], "\(values.failures[kind] ?? 0)")
        }
        text.family(
            "wego_gateway_resigned_total", "counter", "Calls signed anew after WegoWise refused their timestamp.")
        text.sample([], "\(values.resigned)")
        text.histograms(
            "wego_gateway_upstream_seconds", "Time from handing a request to libcurl to the end of its answer.",
            values.upstream)
        text.histograms(
            "wego_gateway_overhead_seconds", "Time the gateway itself added to an answered request.", values.overhead)
        return text.text
    }
}
