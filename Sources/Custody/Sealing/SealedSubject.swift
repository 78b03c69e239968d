// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// Whose secrets a blob belongs to. Part of the associated data, so that a blob opens only where it was sealed.
struct SealedSubject {
    private let tenant: String
    private let text: String

    /// The store itself: nobody's tenant.
    static let store = SealedSubject(tenant: "", text: "store")

    // A slash cannot occur in a name: no two subjects share a text.
    static func tenant(_ name: TenantName) -> SealedSubject {
        SealedSubject(tenant: name.rawValue, text: "tenant")
    }

    static func consumer(_ name: ConsumerName, in tenant: TenantName) -> SealedSubject {
        SealedSubject(tenant: tenant.rawValue, text: "consumer/\(name)")
    }

    static func homeUser(_ name: HomeUserName, in tenant: TenantName) -> SealedSubject {
        SealedSubject(tenant: tenant.rawValue, text: "home-user/\(name)")
    }

    /// An answer under the home user's key, wherever it lies.
    static func answer(_ identifier: String, of name: HomeUserName, in tenant: TenantName) -> SealedSubject {
        SealedSubject(tenant: tenant.rawValue, text: "home-user/\(name)/answer/\(identifier)")
    }

    static func session(_ identifier: String, in tenant: TenantName) -> SealedSubject {
        SealedSubject(tenant: tenant.rawValue, text: "oauth-session/\(identifier)")
    }

    func context(_ field: SealedField, version: Int) -> SealContext {
        SealContext(tenant: tenant, subject: text, field: field.rawValue, version: version)
    }
}

/// What is sealed. The raw values are part of the associated data of everything stored: they never change.
enum SealedField: String {
    case key
    case check
    case consumerSecret = "consumer-secret"
    case token
    case tokenSecret = "token-secret"
    case answer
    case temporarySecret = "temporary-secret"
    case pseudonymKey = "pseudonym-key"
}
