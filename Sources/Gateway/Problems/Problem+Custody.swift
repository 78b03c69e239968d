// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension Problem {
    /// Creating and destroying home users.
    static func custody(_ error: GatewayError) -> Problem {
        switch error {
        case .developerRequired(let name):
            return Problem(
                403, "developer-required", "Not a developer's token",
                "Home users are created with a developer's token, and '\(name)' is none. Nothing was sent. Call as the "
                    + "developer, or import one with 'wego-gateway user import --developer'.")
        case .developerOutdated(let name):
            return Problem(
                409, "developer-outdated", "The developer's token is of an older consumer key",
                "The consumer was rotated since '\(name)' was imported. Nothing was sent. Give the developer a token of the "
                    + "current key with 'wego-gateway connect \(name)' or 'user import \(name) --replace'.")
        case .storeNameInvalid(let field):
            return Problem(
                400, "store-name-invalid", "No usable name for the new home user",
                "The \(field) must give the gateway's name for it: 1 to 64 of A-Z a-z 0-9 . _ @ -, beginning with a letter "
                    + "or digit. Send 'Wego-Gateway-Store-As: NAME'. Nothing was sent.")
        case .storeNameForbidden(let name):
            return Problem(
                403, "store-name-forbidden", "Not among this caller's users",
                "The caller may not act for '\(name)', so it may not create it either. Nothing was sent.")
        case .storeNameTaken(let name):
            return Problem(
                409, "store-name-taken", "Name already taken",
                "There is a home user '\(name)', or one is being created. Nothing was sent. Choose another name with "
                    + "'Wego-Gateway-Store-As: NAME', or look at 'wego-gateway user show \(name)'.")
        case .nameNotFreed(let name):
            return Problem(
                503, "name-not-freed", "No user created, name still taken",
                "WegoWise refused to create the user, but the store could not be written, so '\(name)' stays taken. See the "
                    + "disk of state_directory; 'wego-gateway user rm \(name)' frees it after the next start.")
        case .custodyFull(let reason):
            return Problem(503, "custody-full", "No room for another home user", "\(reason) Nothing was sent.")
        case .custodyUnavailable:
            return Problem(
                503, "custody-unavailable", "The store cannot be written",
                "The name could not be taken, so nothing was sent. See the disk of state_directory.")
        case .answerQuarantined(let name, let identifier):
            return Problem(
                502, "answer-quarantined", "User created, credential set aside",
                "WegoWise created the user, but its credential could not be stored as '\(name)'. The answer is kept sealed as "
                    + "\(identifier): see 'wego-gateway user quarantine list'. Do not create the user again.")
        case .credentialLost(let name):
            return Problem(
                500, "credential-lost", "User created, credential lost",
                "WegoWise created the user, but nothing could be written to the disk: the credential of '\(name)' is lost. "
                    + "Do not create the user again; let the person connect it with 'wego-gateway connect \(name)'.")
        default:
            guard case .credentialNotErased(let name) = error else { return Problem(.internalFailure) }
            return Problem(
                500, "credential-not-erased", "User destroyed, credential still stored",
                "WegoWise destroyed the user, but the store could not be written. Erase what is left of '\(name)' with "
                    + "'wego-gateway user rm \(name)'.")
        }
    }
}
