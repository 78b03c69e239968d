// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Whose calls a pause holds: all that are signed with one consumer credential, whatever it is called here and in how many
/// tenants.
package struct UpstreamConsumer: Sendable {
    /// For people.
    package let key: LimitKey

    /// What the upstream knows it by; nil where that is not known, and the name stands for it.
    package let credential: String?

    package init(_ key: LimitKey, credential: String? = nil) {
        self.key = key
        self.credential = credential
    }
}

extension UpstreamConsumer: Hashable {
    package static func == (left: UpstreamConsumer, right: UpstreamConsumer) -> Bool {
        left.credential == right.credential && (left.credential != nil || left.key == right.key)
    }

    package func hash(into hasher: inout Hasher) {
        if let credential { hasher.combine(credential) } else { hasher.combine(key) }
    }
}

extension LimitSubject {
    /// Of a consumer.
    package var upstreamConsumer: UpstreamConsumer { UpstreamConsumer(key, credential: credential) }
}
