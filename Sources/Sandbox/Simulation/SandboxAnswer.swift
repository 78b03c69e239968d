// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What goes back, and what was thought of the request.
struct SandboxAnswer: Sendable {
    var status: Int
    /// Nil sends no body.
    var body: [UInt8]?
    /// The value of `WWW-Authenticate`.
    var challenge: String?
    let verdict: Verdict

    init(status: Int, json: JSONOutput?, verdict: Verdict) {
        self.status = status
        body = json?.bytes
        self.verdict = verdict
    }

    init(_ failure: APIFailure, verdict: Verdict) {
        self.init(
            status: failure.status, json: .object([("errors", .string(failure.message))]), verdict: verdict)
    }

    init(_ problem: OAuthProblem) {
        self.init(status: 401, json: nil, verdict: .refused(problem))
        challenge = problem.challenge
    }
}

/// What the OAuth check said about a request.
package enum Verdict: Sendable, Hashable, CustomStringConvertible {
    case valid(username: String)
    case refused(OAuthProblem)
    /// The public resource asks for no signature.
    case notRequired
    /// The request was not even well formed.
    case unchecked

    package var description: String {
        switch self {
        case .valid(let username): "signature valid (\(username))"
        case .refused(let problem): problem.name
        case .notRequired: "no signature required"
        case .unchecked: "not checked"
        }
    }
}

/// One line of the verdict log.
package struct VerdictRecord: Sendable, Hashable, CustomStringConvertible {
    package let method: String
    /// As received.
    package let target: String
    package let verdict: Verdict
    package let status: Int

    package var description: String { "\(method) \(target) -> \(verdict), \(status)" }
}
