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
    /// Of a request's identifier and of a user's name upstream, in bytes.
    package var maximumLabelLength = 256
    /// Creations of home users under way at once in the whole store: each holds a place in the emergency file.
    package var maximumCreationsAtOnce = 16
    /// Of a quarantined answer, in bytes. Of a longer one the beginning is kept.
    package var maximumAnswerLength = 32 * 1_024
    /// Three-legged authorizations that are neither finished nor expired.
    package var maximumSessionsPerTenant = 1_000
    /// The same for one home user.
    package var maximumSessionsPerUser = 10
    /// In seconds.
    package var maximumSessionLifetime: Int64 = 24 * 3_600
    /// Of the address a browser is sent back to, in bytes.
    package var maximumReturnToLength = 2_048

    /// In the whole store.
    package var maximumLimitOverrides = 100_000

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

    /// Accepts one line of visible text: what stands in a list beside other columns.
    func check(label: String?, called what: String) throws(CustodyError) {
        guard let label else { return }
        guard (1...maximumLabelLength).contains(label.utf8.count), label.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw .invalid(
                reason: "The \(what) must be one line of 1 to \(maximumLabelLength) bytes without control characters.")
        }
    }

    func check(_ session: NewOAuthSession) throws(CustodyError) {
        try check(session.token, called: "temporary token")
        try check(session.tokenSecret, called: "temporary token secret")
        guard (1...maximumSessionLifetime).contains(session.lifetime) else {
            throw .invalid(reason: "An authorization must end within 1 to \(maximumSessionLifetime) seconds.")
        }
        guard let address = session.returnTo else { return }
        guard (1...maximumReturnToLength).contains(address.utf8.count),
            address.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .invalid(
                reason: "The address to return to must have 1 to \(maximumReturnToLength) visible ASCII characters.")
        }
    }
}
