// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Everything a deployment for tests knows about WegoWise. The secrets contain characters that every encoding changes,
/// and words that a search finds.
struct Credentials: Sendable {
    struct Consumer: Sendable {
        let tenant: String
        let key: String
        let secret: String
    }

    struct User: Sendable {
        let tenant: String
        let name: String
        let token: String
        let secret: String
        var isDeveloper = false

        /// How the upstream calls it.
        var label: String { "\(tenant)-\(name)" }
    }

    let consumers = [
        Consumer(tenant: "acme", key: "acme-key", secret: "Canary+consumer/secret=acme&%~!"),
        Consumer(tenant: "globex", key: "globex-key", secret: "Canary+consumer/secret=globex&%~!"),
    ]

    /// Both tenants have an alice.
    let users = [
        User(tenant: "acme", name: "alice", token: "Canary-token-1/+", secret: "Canary+token/secret=1&%~!"),
        User(tenant: "acme", name: "bob.b@example-1", token: "Canary-token-2/+", secret: "Canary+token/secret=2&%~!"),
        User(
            tenant: "acme", name: "dora", token: "Canary-token-3/+", secret: "Canary+token/secret=3&%~!",
            isDeveloper: true),
        User(tenant: "globex", name: "alice", token: "Canary-token-4/+", secret: "Canary+token/secret=4&%~!"),
        User(tenant: "globex", name: "gina", token: "Canary-token-5/+", secret: "Canary+token/secret=5&%~!"),
    ]

    /// What must not be found anywhere. Tokens are secrets to the gateway, too.
    var secrets: [String] {
        consumers.map(\.secret) + users.flatMap { [$0.token, $0.secret] }
    }

    /// The JSON the verifying upstream reads. None of the values needs escaping.
    func upstreamView() -> String {
        let keys = Dictionary(uniqueKeysWithValues: consumers.map { ($0.tenant, $0.key) })
        let consumerMembers = consumers.map { "\"\($0.key)\": \"\($0.secret)\"" }
        let tokenMembers = users.map { user in
            """
            "\(user.token)": {"secret": "\(user.secret)", "consumer": "\(keys[user.tenant] ?? "")", \
            "label": "\(user.label)"}
            """
        }
        return """
            {"consumers": {\(consumerMembers.joined(separator: ", "))},
             "tokens": {\(tokenMembers.joined(separator: ", "))}}
            """
    }
}
