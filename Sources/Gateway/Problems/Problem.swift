// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What a client is told about an error: RFC 9457, plus `errors`, the one string existing WegoWise clients read.
package struct Problem: Sendable, Equatable {
    package let status: Int

    /// The stable end of `type`; also the label in metrics and records.
    package let slug: String
    package let title: String

    /// What happened here and what to do next.
    package let detail: String

    /// JSON pointer into the request body, where one member is to blame.
    package var pointer: String?

    /// Every fault of a refused body, as a JSON array.
    var faults: [UInt8]?

    /// The violated policies of a refused quota, by their names in `RateLimit` fields.
    package var violatedPolicies: [String] = []

    /// Seconds for `Retry-After`.
    package var retryAfter: Int?

    /// For 405.
    package var allowedMethods: [String]?

    /// RFC 9457 wants a URI that stays; a name needs no server behind it.
    package static let typePrefix = "urn:wego-gateway:problem:"

    init(_ status: Int, _ slug: String, _ title: String, _ detail: String) {
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
    }
}
