// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody

/// The custody store's part of `/metrics`, in the text exposition format.
extension Snapshot {
    package func prometheusText() -> String {
        let counts = counts
        var lines = [
            "# HELP wego_gateway_home_users Home users in the custody store by state.",
            "# TYPE wego_gateway_home_users gauge",
        ]
        for state in HomeUserState.allCases {
            lines.append("wego_gateway_home_users{state=\"\(state.rawValue)\"} \(counts.homeUsers[state] ?? 0)")
        }
        lines += [
            "# HELP wego_gateway_callers Callers in the custody store.",
            "# TYPE wego_gateway_callers gauge",
            "wego_gateway_callers \(counts.callers)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
