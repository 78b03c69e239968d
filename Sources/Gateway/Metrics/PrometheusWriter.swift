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

    mutating func histograms(_ name: String, _ help: String, _ byRoute: [String: Histogram]) {
        family(name, "histogram", help)
        for (route, histogram) in byRoute.sorted(by: { $0.key < $1.key }) {
            var total: UInt64 = 0
            for (bound, count) in zip(Histogram.bounds.map { "\($0)" } + ["+Inf"], histogram.counts) {
                total += count
                sample([("route", route), ("le", bound)], suffix: "_bucket", "\(total)")
            }
            sample([("route", route)], suffix: "_sum", "\(histogram.sum)")
            sample([("route", route)], suffix: "_count", "\(total)")
        }
    }
}
