// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What is about to be sent upstream: who, for whom, what. Never a body, a header value, a query value or a secret.
package struct CallIntent: Sendable, Equatable {
    package var requestID: String
    package var traceID: String?
    package var tenant: String?
    package var caller: String?

    /// The home user. Never its name: that could not be made unreadable one day.
    package var user: UserPseudonym?

    /// The route's template, never the path itself.
    package var route: String?
    package var method: String

    /// Names of query and form parameters, without their values.
    package var parameterNames: [String]
    package var requestBytes: Int

    /// Tells whether two calls asked for the same, without saying what.
    package var digest: Fingerprint?

    package init(requestID: String, method: String, requestBytes: Int = 0) {
        self.requestID = requestID
        self.method = method
        self.requestBytes = requestBytes
        parameterNames = []
    }
}

/// How a call ended for which there is an intent with the same request id.
package struct CallOutcome: Sendable, Equatable {
    package enum Result: String, Sendable, CaseIterable {
        /// The upstream answered.
        case answered
        /// It did not, or its answer could not be used.
        case failed
        /// Nothing has left the gateway: the intent was not durable in time, the upstream was not reached, or the call
        /// was not allowed any more.
        case notSent = "not_sent"
        /// The gateway ended before it could say.
        case unknown
    }

    package var requestID: String
    package var result: Result

    /// Of the answer given to the caller; nil when none was given.
    package var status: Int?
    package var upstreamStatus: Int?

    /// Slug of the problem that refused or failed the call.
    package var problem: String?
    package var attempts: Int
    package var responseBytes: Int

    /// From the intent's append to its durability.
    package var journalMicroseconds: Int64?
    package var upstreamMicroseconds: Int64?
    package var totalMicroseconds: Int64?

    package init(requestID: String, result: Result) {
        self.requestID = requestID
        self.result = result
        attempts = 0
        responseBytes = 0
    }
}
