// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// An upstream answer sealed under the key of the home user it is about, for the place where it will be opened. It can lie in
/// the database or in the emergency file.
struct SealedAnswer: Sendable {
    let identifier: String
    let tenant: TenantName
    let user: HomeUserName
    let reason: String
    /// Of the answer.
    let byteCount: Int
    let created: Int64
    let sealed: [UInt8]

    /// Keeps the beginning of what is longer than `limit`, and says so.
    static func seal(
        _ answer: Secret, of reservation: Reservation, reason: String, limit: Int, now: Int64
    ) throws(CustodyError) -> SealedAnswer {
        guard let key = reservation.key else {
            throw .tampered(what: "the key of home user \(reservation.name) does not open")
        }
        let isCut = answer.byteCount > limit
        let kept = isCut ? answer.expose { Secret(UnsafeRawBufferPointer(rebasing: $0.prefix(limit))) } : answer
        let identifier = randomIdentifier()
        let context = context(identifier, of: reservation.name, in: reservation.tenant)
        return SealedAnswer(
            identifier: identifier, tenant: reservation.tenant, user: reservation.name,
            reason: isCut ? "\(reason) (the first \(limit) of \(answer.byteCount) bytes are kept)" : reason,
            byteCount: kept.byteCount, created: now,
            sealed: try sealing { () throws(SealError) in try key.seal(kept, for: context) })
    }

    static func context(_ identifier: String, of user: HomeUserName, in tenant: TenantName) -> SealContext {
        SealedSubject.answer(identifier, of: user, in: tenant).context(.answer, version: 1)
    }

    /// As it is shown while it lies in the emergency file.
    var entry: QuarantinedAnswer {
        QuarantinedAnswer(
            identifier: identifier, tenant: tenant, user: user, reason: reason, byteCount: byteCount, created: created,
            isSpilled: true)
    }
}
