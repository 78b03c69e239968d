// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension UpstreamClock {
    package func prometheusText(_ clock: any TimeSource) -> String {
        var text = PrometheusWriter()
        text.family(
            "wego_gateway_upstream_clock_offset_seconds", "gauge",
            "Seconds that the clock of WegoWise is ahead of this machine's, from the Date of its answers.")
        text.sample([], "\(difference(clock))")
        return text.text
    }
}
