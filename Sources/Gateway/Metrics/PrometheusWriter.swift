// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Writes the Prometheus text exposition format, version 0.0.4.
package struct PrometheusWriter {
    package private(set) var text = ""
    private var name = ""

    package init() {}

    package mutating func family(_ name: String, _ type: String, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    /// Label values are names of ours and need no escaping.
    package mutating func sample(_ labels: [(String, String)] = [], suffix: String = "", _ value: String) {
        let list = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
        text += name + suffix + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
    }

    mutating func histograms(
        _ name: String, _ help: String, label: String = "route", _ byLabel: [String: Histogram]
    ) {
        family(name, "histogram", help)
        for (value, histogram) in byLabel.sorted(by: { $0.key < $1.key }) {
            var total: UInt64 = 0
            for (bound, count) in zip(Histogram.bounds.map { "\($0)" } + ["+Inf"], histogram.counts) {
                total += count
                sample([(label, value), ("le", bound)], suffix: "_bucket", "\(total)")
            }
            sample([(label, value)], suffix: "_sum", "\(histogram.sum)")
            sample([(label, value)], suffix: "_count", "\(total)")
        }
    }
}
