// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What goes back, and what was thought of the request.
struct SandboxAnswer: Sendable {
    enum ContentType: String, Sendable {
        case json = "application/json; charset=utf-8"
        case form = "application/x-www-form-urlencoded"
        case html = "text/html; charset=utf-8"
        case text = "text/plain; charset=utf-8"
    }

    var status: Int
    /// Nil sends no body.
    var body: [UInt8]?
    var contentType = ContentType.json
    /// The value of `WWW-Authenticate`.
    var challenge: String?
    /// Further header fields. They win over what the server would say by itself.
    var fields: [(name: String, value: String)] = []
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

    /// The token endpoints say in words why they refuse.
    init(tokenRequest problem: OAuthProblem) {
        self.init(problem)
        body = Array("Invalid OAuth request: \(problem.name)\n".utf8)
        contentType = .text
    }

    init(form: [UInt8], verdict: Verdict) {
        self.init(status: 200, json: nil, verdict: verdict)
        body = form
        contentType = .form
    }

    init(_ page: HTMLPage, status: Int = 200) {
        self.init(status: status, json: nil, verdict: .notRequired)
        body = page.bytes
        contentType = .html
        fields = page.fields
    }

    init(redirect location: String) {
        self.init(status: 302, json: nil, verdict: .notRequired)
        fields = [("Location", location), ("Referrer-Policy", "no-referrer")]
    }
}
