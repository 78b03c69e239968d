// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import HTTPTypes

/// A fault that only the connection can commit. It travels from the responder to the connection in a header field
/// that never leaves the process.
enum WireFault: Sendable, Hashable {
    case cut(Fault.Cut)
    case stray([UInt8])
    /// The `Date` to send instead of the true one.
    case date(String)

    static let fieldName: HTTPField.Name = {
        guard let name = HTTPField.Name("x-sandbox-wire-fault") else { preconditionFailure("a token is a field name") }
        return name
    }()

    init?(fieldValue: String) {
        let parts = fieldValue.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "cut":
            guard let cut = Fault.Cut(rawValue: String(parts[1])) else { return nil }
            self = .cut(cut)
        case "stray":
            self = .stray(parts[1].split(separator: ".").compactMap { UInt8($0) })
        case "date":
            self = .date(String(parts[1]))
        default: return nil
        }
    }

    var fieldValue: String {
        switch self {
        case .cut(let cut): "cut=" + cut.rawValue
        case .stray(let bytes): "stray=" + bytes.map(String.init).joined(separator: ".")
        case .date(let text): "date=" + text
        }
    }
}
