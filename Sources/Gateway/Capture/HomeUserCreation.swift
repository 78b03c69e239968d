// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import NIOCore
import Secrets

/// A call that creates a home user upstream, seen from the store: the name is durable before the call goes out, the new
/// credential before the answer is released. See docs/custody.md.
///
/// Everything here but `init` blocks: for `CustodyWorker` only.
struct HomeUserCreation: Sendable {
    let name: HomeUserName
    let tenant: TenantName
    private let developer: HomeUser

    /// Of the consumer that signs the call.
    private let consumerKey: String

    /// What the call asks for; nil when the body names none.
    private let upstreamUsername: String?

    /// - Parameters:
    ///   - header: The values of `Wego-Gateway-Store-As`.
    ///   - username: Of the body.
    init(
        header: [String], username: String?, developer access: HomeUserAccess, _ principal: Principal
    ) throws(GatewayError) {
        guard access.user.isDeveloper else { throw .developerRequired(access.user.name.rawValue) }
        guard header.count <= 1 else { throw .storeNameInvalid(field: "header Wego-Gateway-Store-As (given twice)") }
        guard let text = header.first ?? username, let name = HomeUserName(text) else {
            throw .storeNameInvalid(field: header.isEmpty ? "member username" : "header Wego-Gateway-Store-As")
        }
        guard principal.caller?.users.contains(name) ?? true else { throw .storeNameForbidden(name.rawValue) }
        self.name = name
        tenant = principal.tenant
        developer = access.user
        consumerKey = access.credential?.consumerKey ?? ""
        upstreamUsername = username.flatMap { Self.label($0) }
    }

    /// What custody takes for a label: it is shown in lists.
    private static func label(_ text: String) -> String? {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        return isPlain && (1...256).contains(text.utf8.count) ? text : nil
    }

    /// Takes the name.
    func reserve(_ custody: any CustodyStore, requestID: String) -> Result<Reservation, GatewayError> {
        let reservation: Reservation
        do throws(CustodyError) {
            reservation = try custody.reserveHomeUser(
                name, in: tenant, consumer: developer.consumer, by: developer.name, requestID: requestID,
                upstreamUsername: upstreamUsername)
        } catch {
            return .failure(refusal(error))
        }
        // The new token will belong to the key that signs; the store seals it as one of the consumer's current key.
        let current = custody.snapshot.consumer(developer.consumer, in: tenant)?.consumer
        guard current?.version == reservation.consumerVersion, current?.key == consumerKey else {
            try? custody.releaseReservation(reservation)
            return .failure(.developerOutdated(developer.name.rawValue))
        }
        return .success(reservation)
    }

    private func refusal(_ error: CustodyError) -> GatewayError {
        switch error {
        case .alreadyExists: .storeNameTaken(name.rawValue)
        case .limitReached(let reason): .custodyFull(reason: reason)
        case .notFound, .invalid, .stillInUse, .missing, .wrongRootKey, .inUse, .newerFormat, .tampered, .storage:
            .custodyUnavailable
        }
    }

    /// Ends the reservation. Errors of the first two ends are left: the reservation then stays, and the next start of the
    /// gateway shows the user as unknown, which is never less than the truth.
    func settle(
        _ reservation: Reservation, _ outcome: Result<TransferResponse, TransferFailure>, _ custody: any CustodyStore,
        _ record: LifeCycleRecord
    ) -> Settlement {
        record.recording(
            .caller, of: name, in: tenant, custody, { settle(reservation, outcome, custody) }, as: Self.action)
    }

    /// What became of the name, in the journal's words. Nil for one that is free again: that is no change.
    private static func action(_ settlement: Settlement, _ user: HomeUser?) -> AdminEvent.Action? {
        switch settlement {
        case .stored: .add
        case .failed(.answerQuarantined): .quarantine
        case .unchanged, .failed: user == nil ? nil : .unknown
        }
    }

    private func settle(
        _ reservation: Reservation, _ outcome: Result<TransferResponse, TransferFailure>, _ custody: any CustodyStore
    ) -> Settlement {
        switch (CallVerdict(outcome), outcome) {
        case (.carriedOut(let response), _):
            return store(response, reservation, custody)
        case (_, .success(let response)) where CapturedPair.isMentioned(in: response.body):
            // Whatever the status says, a token was issued.
            return quarantine(
                Array(response.body.readableBytesView), "the answer has status \(response.status) and holds a token",
                reservation, custody)
        case (.notCarriedOut, _):
            return release(reservation, custody)
        case (.unknown(let reason), _):
            _ = try? custody.markReservationUnknown(reservation, reason: reason)
            return .unchanged
        }
    }

    private func release(_ reservation: Reservation, _ custody: any CustodyStore) -> Settlement {
        do throws(CustodyError) {
            try custody.releaseReservation(reservation)
            return .unchanged
        } catch {
            return .failed(.nameNotFreed(name.rawValue))
        }
    }

    private func store(
        _ response: TransferResponse, _ reservation: Reservation, _ custody: any CustodyStore
    ) -> Settlement {
        let answer = Array(response.body.readableBytesView)
        guard let pair = CapturedPair(answer: answer) else {
            return quarantine(answer, "the answer holds no token pair where one is expected", reservation, custody)
        }
        do throws(CustodyError) {
            try custody.completeReservation(
                reservation, token: pair.token, tokenSecret: pair.tokenSecret, upstreamUsername: nil)
            return .stored(name, remainder: ByteBuffer(bytes: pair.remainder))
        } catch {
            return quarantine(answer, "the store failed when the credential was to be sealed", reservation, custody)
        }
    }

    private func quarantine(
        _ answer: [UInt8], _ reason: String, _ reservation: Reservation, _ custody: any CustodyStore
    ) -> Settlement {
        do throws(CustodyError) {
            let identifier = try custody.quarantine(reservation, sealedAnswer: Secret(answer), reason: reason)
            return .failed(.answerQuarantined(name: name.rawValue, identifier: identifier))
        } catch {
            // Also gives back the room that was held for the answer.
            _ = try? custody.markReservationUnknown(reservation, reason: "the answer was lost: \(reason)")
            return .failed(.credentialLost(name: name.rawValue))
        }
    }
}
