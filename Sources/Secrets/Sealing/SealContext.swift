// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Where a sealed value belongs. It opens in the same place only: a row moved to another tenant, user, field or version
/// is refused.
package struct SealContext: Sendable, Equatable {
    package let tenant: String
    package let subject: String
    package let field: String
    package let version: Int

    /// `subject` is whom the value is about, usually a home user; `version` counts the credential's replacements.
    package init(tenant: String, subject: String, field: String, version: Int) {
        self.tenant = tenant
        self.subject = subject
        self.field = field
        self.version = version
    }

    /// What the value is sealed as. A wrapped key never opens as a field, nor a field as a key.
    enum Purpose: String {
        case field = "wego-gateway seal 1"
        case key = "wego-gateway wrap 1"
    }

    /// Every part carries its length, so that no two different contexts have the same bytes.
    func associatedData(for purpose: Purpose) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [purpose.rawValue, tenant, subject, field] {
            append(UInt64(part.utf8.count), to: &bytes)
            bytes.append(contentsOf: part.utf8)
        }
        append(UInt64(bitPattern: Int64(version)), to: &bytes)
        return bytes
    }

    private func append(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
