// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

extension Problem {
    /// The `application/problem+json` body.
    package func json(requestID: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        func member(_ name: StaticString, _ value: String) {
            out.append(out.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            JSONText.append(quoted: "\(name)", to: &out)
            out.append(UInt8(ascii: ":"))
            JSONText.append(quoted: value, to: &out)
        }
        func raw(_ text: String) {
            out.append(contentsOf: text.utf8)
        }
        member("type", Self.typePrefix + slug)
        member("title", title)
        raw(",\"status\":\(status)")
        member("detail", detail)
        member("instance", "urn:wego-gateway:request:\(requestID)")
        if let pointer { member("pointer", pointer) }
        if !violatedPolicies.isEmpty {
            raw(",\"violated-policies\":[\(violatedPolicies.map { JSONText.quoted($0) }.joined(separator: ","))]")
        }
        if let faults {
            raw(",\"faults\":")
            out.append(contentsOf: faults)
        }
        member("errors", "\(title): \(detail)")
        raw("}")
        return out
    }
}
