// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension CallRecord {
    /// What can be said before the call is sent.
    ///
    /// - Parameter user: whom `homeUser` names; the name itself stays out of the journal.
    package func intent(
        user: UserPseudonym?, parameterNames: [String] = [], digest: Fingerprint? = nil
    ) -> CallIntent {
        var intent = CallIntent(requestID: requestID, method: method, requestBytes: requestBytes)
        intent.traceID = traceID
        intent.tenant = tenant
        intent.caller = caller
        intent.user = user
        intent.route = route
        intent.parameterNames = parameterNames
        intent.digest = digest
        return intent
    }

    /// What can be said when it has ended.
    package func outcome(journalMicroseconds: Int64? = nil) -> CallOutcome {
        let result: CallOutcome.Result = upstreamStatus != nil ? .answered : mayHaveLeft ? .failed : .notSent
        var outcome = CallOutcome(requestID: requestID, result: result)
        outcome.status = status
        outcome.upstreamStatus = upstreamStatus
        outcome.problem = problem
        outcome.attempts = attempts
        outcome.responseBytes = responseBytes
        outcome.journalMicroseconds = journalMicroseconds
        outcome.upstreamMicroseconds = upstreamMicroseconds
        outcome.totalMicroseconds = totalMicroseconds
        return outcome
    }

    /// What a refused call looks like to a `DenialAggregate`.
    package func denialKey(user: UserPseudonym?) -> DenialKey {
        var key = DenialKey(
            tenant: tenant, caller: caller, user: user, route: route, problem: problem ?? "", status: status)
        key.method = Self.methods.contains(method) ? method : "(other)"
        return key
    }

    /// Of a refused call the method may be any text of the client's.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}
