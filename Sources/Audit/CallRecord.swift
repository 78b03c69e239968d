// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What is kept of one call: who, for whom, what, how it ended. Never a body, a header value, a query value or a secret.
package struct CallRecord: Sendable, Equatable {
    package enum Decision: String, Sendable {
        /// Sent upstream, whatever came back.
        case forwarded
        /// Answered from what the gateway knows itself.
        case answered
        case refused
    }

    package var requestID: String
    package var traceID: String?
    package var tenant: String?
    package var caller: String?
    package var homeUser: String?

    /// The route's template, never the path itself.
    package var route: String?
    package var method: String
    package var decision: Decision
    package var status: Int

    /// Slug of the problem that refused or failed the call.
    package var problem: String?
    package var upstreamStatus: Int?
    package var attempts: Int

    /// Whether anything of it may have left the gateway.
    package var mayHaveLeft = false
    package var requestBytes: Int
    package var responseBytes: Int
    package var upstreamMicroseconds: Int64?
    package var totalMicroseconds: Int64

    package init(requestID: String, method: String, decision: Decision, status: Int) {
        self.requestID = requestID
        self.method = method
        self.decision = decision
        self.status = status
        attempts = 0
        requestBytes = 0
        responseBytes = 0
        totalMicroseconds = 0
    }
}

extension CallRecord {
    /// Who called, where it was no caller: names that no caller can have.
    package static let operatorCaller = "(operator)"
    package static let gatewayCaller = "(gateway)"

    /// The members that are set, in the order of a record; for a structured log line.
    package var members: [(name: String, value: Value)] {
        let all: [(String, Value?)] = [
            ("request_id", .text(requestID)),
            ("trace_id", traceID.map(Value.text)),
            ("tenant", tenant.map(Value.text)),
            ("caller", caller.map(Value.text)),
            ("home_user", homeUser.map(Value.text)),
            ("route", route.map(Value.text)),
            ("method", .text(method)),
            ("decision", .text(decision.rawValue)),
            ("status", .number(Int64(status))),
            ("problem", problem.map(Value.text)),
            ("upstream_status", upstreamStatus.map { .number(Int64($0)) }),
            ("attempts", .number(Int64(attempts))),
            ("request_bytes", .number(Int64(requestBytes))),
            ("response_bytes", .number(Int64(responseBytes))),
            ("upstream_us", upstreamMicroseconds.map(Value.number)),
            ("total_us", .number(totalMicroseconds)),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }

    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Int64)
    }
}
