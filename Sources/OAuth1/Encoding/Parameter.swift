// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// A decoded name and value, as bytes. Text never comes in: two strings that Swift calls equal may be different parameters.
package struct Parameter: Sendable, Equatable {
    package var name: [UInt8]
    /// Nil for a name without `=`. It signs like an empty value.
    package var value: [UInt8]?

    package init(name: [UInt8], value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ value: String) {
        self.init(name: Array(name.utf8), value: Array(value.utf8))
    }
}

extension Parameter {
    /// `oauth_verifier` (RFC 5849, 2.3). The copy lives as long as the parameter: make it where the request is signed.
    package static func verifier(_ verifier: Secret) -> Parameter {
        Parameter(name: Array("oauth_verifier".utf8), value: verifier.expose { Array($0) })
    }
}
