// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension HomeUser {
    /// For the operator: what the state asks for, as sentences with the commands in them. Nil if nothing is to be done.
    package var advice: String? {
        switch state {
        case .active: nil
        case .pending:
            "The call that creates this user is under way. If the gateway stops before it ends, the state becomes unknown."
        case .suspect:
            "Requests are still sent. The state ends with the first success; if there is none, give the user a new "
                + "credential with `wego-gateway connect \(place)`, or with `wego-gateway user import \(place) --replace`."
        case .unknown: hasCredential ? adviceAfterDestruction : adviceAfterCreation
        case .revoked, .destroyed:
            "Only a new credential leads back: `wego-gateway connect \(place)`, or "
                + "`wego-gateway user import \(place) --replace`. To free the name, use `wego-gateway user rm \(place)`."
        case .frozen: "Nothing is sent for this user until `wego-gateway user thaw \(place)`."
        }
    }

    private var adviceAfterCreation: String {
        let account = upstreamUsername.map { "user \"\($0)\"" } ?? "this user"
        return "Find out from WegoWise whether \(account) exists. If not, free the name with `wego-gateway user rm "
            + "\(place)`. If so, and `wego-gateway user quarantine list` shows its answer, take the credential out with "
            + "`wego-gateway user quarantine resolve`; otherwise bring it in with `wego-gateway user import \(place) "
            + "--replace` or `wego-gateway connect \(place)`."
    }

    private var adviceAfterDestruction: String {
        "Thaw the user with `wego-gateway user thaw \(place)` and read GET /oauth/user with it. If the upstream still "
            + "accepts the credential, the user exists: destroy it again, or leave it. If the answer is 401, it is gone: "
            + "erase it with `wego-gateway user rm \(place)`."
    }

    private var place: String { "\(name) --tenant \(tenant)" }
}
