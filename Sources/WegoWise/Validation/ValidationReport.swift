// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// All that was noticed about one body.
package struct ValidationReport: Sendable, Hashable {
    /// Faults named one by one; the rest is counted.
    package static let maximumFaults = 50
    /// Faults told in `summary`.
    static let maximumInSummary = 5

    /// Reasons to refuse the call, in the order of the schema. At most `maximumFaults`.
    package private(set) var faults: [Fault] = []
    /// Faults beyond those listed.
    package private(set) var furtherFaults = 0
    /// Doubts that are no reason to refuse the call. At most `maximumFaults`; the rest is dropped.
    package private(set) var warnings: [Fault] = []

    package init() {}

    package var isAcceptable: Bool { faults.isEmpty }

    /// For readers of the one string `errors`: the faults as sentences. Empty when there is none.
    package var summary: String {
        let told = faults.prefix(Self.maximumInSummary).map(\.sentence).joined(separator: " ")
        let rest = faults.count + furtherFaults - Self.maximumInSummary
        return rest > 0 ? told + " There \(rest == 1 ? "is" : "are") \(rest) more." : told
    }

    /// Appends the faults as a JSON array of objects with `pointer`, `found`, `allowed` and `detail`.
    package func appendFaults(to out: inout [UInt8]) {
        OrderedJSON.array(faults.map(\.json)).write(to: &out)
    }

    mutating func refuse(_ fault: Fault) {
        if faults.count < Self.maximumFaults { faults.append(fault) } else { furtherFaults += 1 }
    }

    mutating func warn(_ fault: Fault) {
        if warnings.count < Self.maximumFaults { warnings.append(fault) }
    }
}
