// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// Keeps upstream answers that could not be taken in, sealed under the key of the home user they are about.
///
/// No call shows an answer: an operator names the members that hold the credential, and it is taken out inside.
package protocol QuarantineStore: Sendable {
    /// Keeps the answer and makes the user `unknown`. If the database fails, the answer goes to the emergency file: an error
    /// means that both failed. Of an answer longer than `maximumAnswerLength` the beginning is kept.
    /// - Parameter reason: One line for the operator: what could not be read.
    /// - Returns: The entry's identifier.
    @discardableResult
    func quarantine(
        _ reservation: Reservation, sealedAnswer answer: Secret, reason: String
    ) throws(CustodyError) -> String
    /// Keeps the answer in the emergency file, on the disk when the call returns, without touching the database. It is taken
    /// into the quarantine with the next change that succeeds, or when the store is opened again.
    /// - Returns: The entry's identifier.
    @discardableResult
    func spill(_ reservation: Reservation, answer: Secret) throws(CustodyError) -> String
    /// Oldest first; of all tenants for nil.
    func quarantined(in tenant: TenantName?) throws(CustodyError) -> [QuarantinedAnswer]
    /// Where the answer has which kind of value, a line each, without the values: `/user/id: a number`.
    func outline(ofQuarantined identifier: String) throws(CustodyError) -> [String]
    /// Takes the credential out of the answer, makes the user active and drops the entry, in one durable step.
    ///
    /// Members are named by JSON pointers (RFC 6901), or plainly for those at the top. If the answer is not strict JSON,
    /// it is searched for the last part of the pointer as a JSON member or a form field.
    @discardableResult
    func resolveQuarantine(
        _ identifier: String, tokenMember: String, secretMember: String
    ) throws(CustodyError) -> HomeUser
    /// The same with a credential that the operator has from elsewhere.
    @discardableResult
    func resolveQuarantine(_ identifier: String, token: Secret, tokenSecret: Secret) throws(CustodyError) -> HomeUser
    /// Erases the answer. The user stays as it is.
    func discardQuarantine(_ identifier: String) throws(CustodyError)
}
