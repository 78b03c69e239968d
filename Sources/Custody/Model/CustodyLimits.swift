// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// How much a store takes in. Reaching a limit is an error that names it; what is stored already stays usable.
package struct CustodyLimits: Sendable {
    package var maximumTenants = 1_000
    package var maximumConsumersPerTenant = 100
    /// Consumer credentials kept at once for home users whose tokens were issued under an older one.
    package var maximumVersionsPerConsumer = 16
    /// In the whole store.
    package var maximumHomeUsers = 100_000
    package var maximumCallersPerTenant = 1_000
    /// Names in one caller's list of home users.
    package var maximumListedUsers = 10_000
    /// Of a consumer key, in bytes.
    package var maximumKeyLength = 256
    /// Of a consumer secret, token or token secret, in bytes.
    package var maximumSecretLength = 1_024
    /// Of the reason given with a state, in bytes.
    package var maximumReasonLength = 200

    package init() {}

    /// Accepts visible ASCII only: what OAuth 1.0 providers issue, and what a stray line end or blank is not.
    func check(consumerKey key: String) throws(CustodyError) {
        guard (1...maximumKeyLength).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .invalid(
                reason: "The consumer key must have 1 to \(maximumKeyLength) visible ASCII characters and no blanks.")
        }
    }

    /// Refuses empty and oversized secrets, and the blanks and line ends that slip in with copy and paste.
    func check(_ secret: Secret, called what: String) throws(CustodyError) {
        guard (1...maximumSecretLength).contains(secret.byteCount) else {
            throw .invalid(
                reason: "The \(what) must have 1 to \(maximumSecretLength) bytes; it has \(secret.byteCount).")
        }
        guard secret.expose({ bytes in bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F } }) else {
            throw .invalid(reason: "The \(what) contains a blank, a line end or a control character; pass it without.")
        }
    }

    func check(reason: String?) throws(CustodyError) {
        guard let reason else { return }
        guard (1...maximumReasonLength).contains(reason.utf8.count),
            reason.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw .invalid(
                reason: "The reason must be one line of 1 to \(maximumReasonLength) bytes without control characters.")
        }
    }
}
