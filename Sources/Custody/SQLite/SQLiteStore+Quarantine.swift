// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

extension SQLiteStore {
    @discardableResult
    package func quarantine(
        _ reservation: Reservation, sealedAnswer answer: Secret, reason: String
    ) throws(CustodyError) -> String {
        try limits.check(reason: reason)
        let sealed = try seal(answer, of: reservation, reason: reason)
        do {
            try commit { try $0.quarantine(sealed, for: reservation) }
        } catch .notFound(let kind, let name) {
            throw .notFound(kind: kind, name: name)
        } catch {
            try spillRoom.keep(sealed, for: reservation.identifier)
            return sealed.identifier
        }
        spillRoom.letGo(of: reservation.identifier)
        return sealed.identifier
    }

    @discardableResult
    package func spill(_ reservation: Reservation, answer: Secret) throws(CustodyError) -> String {
        let sealed = try seal(answer, of: reservation, reason: "the store failed when the answer came")
        try spillRoom.keep(sealed, for: reservation.identifier)
        return sealed.identifier
    }

    package func quarantined(in tenant: TenantName?) throws(CustodyError) -> [QuarantinedAnswer] {
        takeInSpilled()
        let stored = try read { try $0.quarantined(in: tenant) }
        let spilled = spillRoom.answers.filter { tenant == nil || $0.tenant == tenant }.map(\.entry)
        return stored + spilled.sorted { $0.created < $1.created }
    }

    package func outline(ofQuarantined identifier: String) throws(CustodyError) -> [String] {
        AnswerReader(try answer(identifier)).outline()
    }

    @discardableResult
    package func resolveQuarantine(
        _ identifier: String, tokenMember: String, secretMember: String
    ) throws(CustodyError) -> HomeUser {
        let reader = AnswerReader(try answer(identifier))
        let (token, secret) = (try reader.secret(at: tokenMember), try reader.secret(at: secretMember))
        return try commit { try $0.resolveQuarantine(identifier, token: token, tokenSecret: secret) }
    }

    @discardableResult
    package func resolveQuarantine(
        _ identifier: String, token: Secret, tokenSecret: Secret
    ) throws(CustodyError) -> HomeUser {
        takeInSpilled()
        return try commit { try $0.resolveQuarantine(identifier, token: token, tokenSecret: tokenSecret) }
    }

    package func discardQuarantine(_ identifier: String) throws(CustodyError) {
        takeInSpilled()
        try commit { try $0.discardQuarantine(identifier) }
    }

    private func answer(_ identifier: String) throws(CustodyError) -> Secret {
        takeInSpilled()
        return try read { try $0.quarantinedAnswer(identifier) }
    }

    private func seal(
        _ answer: Secret, of reservation: Reservation, reason: String
    ) throws(CustodyError) -> SealedAnswer {
        try SealedAnswer.seal(
            answer, of: reservation, reason: reason,
            limit: min(limits.maximumAnswerLength, SpillRoom.maximumAnswerLength), now: now())
    }
}
