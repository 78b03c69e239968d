// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension CallRecord {
    /// What can be said before the call is sent.
    package func intent(parameterNames: [String] = [], digest: String? = nil) -> CallIntent {
        var intent = CallIntent(requestID: requestID, method: method, requestBytes: requestBytes)
        intent.traceID = traceID
        intent.tenant = tenant
        intent.caller = caller
        intent.user = homeUser
        intent.route = route
        intent.parameterNames = parameterNames
        intent.digest = digest
        return intent
    }

    /// What can be said when it has ended.
    package func outcome(journalMicroseconds: Int64? = nil) -> CallOutcome {
        var outcome = CallOutcome(requestID: requestID, result: upstreamStatus == nil ? .failed : .answered)
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
    package var denialKey: DenialKey {
        DenialKey(tenant: tenant, caller: caller, user: homeUser, route: route, problem: problem ?? "", status: status)
    }
}
