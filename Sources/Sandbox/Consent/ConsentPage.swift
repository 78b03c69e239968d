// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What a person sees on the way of the redirection-based flow.
enum ConsentPage {
    /// Users among which a person may choose; the sandbox's first ones.
    static let maximumUsers = 1_000

    /// Asks whether the application may act for one of `users`.
    static func question(
        application: String, token: String, formValue: String, users: [String], callback: Callback
    ) -> HTMLPage {
        let options = users.prefix(maximumUsers).map { user in
            let name = HTMLPage.escaped(user)
            return "<option value=\"\(name)\">\(name)</option>"
        }
        let destination =
            callback.origin.map { "Afterwards you return to <strong>\(HTMLPage.escaped($0))</strong>." }
            ?? "Afterwards you get a code to carry over to the application."
        return HTMLPage(
            title: "Allow access?",
            content: """
                <p>The application with the consumer key <strong>\(HTMLPage.escaped(application))</strong> asks to \
                read and change the WegoWise data of a user. \(destination)</p>
                <form method="post" action="/oauth/authorize">
                <input type="hidden" name="oauth_token" value="\(HTMLPage.escaped(token))">
                <input type="hidden" name="form_value" value="\(HTMLPage.escaped(formValue))">
                <label for="sandbox-user">Sandbox user</label>
                <select id="sandbox-user" name="username" autocomplete="off" required>
                \(options.joined(separator: "\n"))
                </select>
                <p>
                <button type="submit" name="decision" value="allow">Allow</button>
                <button type="submit" name="decision" value="deny">Deny</button>
                </p>
                </form>
                """,
            formTarget: callback.origin)
    }

    /// For a flow without a callback.
    static func verifier(_ verifier: String, username: String) -> HTMLPage {
        HTMLPage(
            title: "Access allowed",
            content: """
                <p>You allowed access to the data of <strong>\(HTMLPage.escaped(username))</strong>. Give this code to \
                the application:</p>
                <p><label for="verifier">Code</label>
                <output id="verifier">\(HTMLPage.escaped(verifier))</output></p>
                """)
    }

    static let denied = HTMLPage(
        title: "Access denied", content: "<p>The application got no access. You may close this page.</p>")

    /// `sentence` says what to do next.
    static func failure(_ sentence: String) -> HTMLPage {
        HTMLPage(title: "This request cannot go on", content: "<p>\(HTMLPage.escaped(sentence))</p>")
    }
}
