// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What kind of entry an error speaks of. The raw value reads well in a sentence.
package enum CustodyEntry: String, Sendable {
    case tenant
    case consumer
    case homeUser = "home user"
    case caller
    /// A name taken for a home user that is being created.
    case reservation
    /// An upstream answer that waits sealed.
    case quarantinedAnswer = "quarantined answer"
    /// A three-legged authorization under way.
    case authorization
    /// Limits that differ from the defaults.
    case limitOverride = "limit override"
}

/// Why the store refused or failed. Never carries a secret.
package enum CustodyError: Error, Sendable, Equatable, CustomStringConvertible {
    case notFound(kind: CustodyEntry, name: String)
    case alreadyExists(kind: CustodyEntry, name: String)
    case invalid(reason: String)
    case stillInUse(reason: String)
    case limitReached(reason: String)
    /// There is no store in the directory.
    case missing(path: String)
    /// Identifiers of root keys: the one the store is sealed under, and those that the key ring holds.
    case wrongRootKey(expected: String, got: String)
    /// Another process, or another part of this one, has the store open.
    case inUse(path: String)
    /// Written by a newer version of the gateway.
    case newerFormat(path: String)
    case tampered(what: String)
    /// The disk, the file system or SQLite failed.
    case storage(detail: String)
}

extension CustodyError {
    package var description: String { explanation }

    /// For the operator: what happened, and what to do next.
    package var explanation: String {
        switch self {
        case .notFound(let kind, let name): "There is no \(kind.rawValue) named \"\(name)\". \(kind.wayToAdd(name))"
        case .alreadyExists(let kind, let name):
            "There is already a \(kind.rawValue) named \"\(name)\". \(kind.wayToReplace(name))"
        case .invalid(let reason), .stillInUse(let reason), .limitReached(let reason): reason
        case .missing(let path):
            "There is no custody store at \(path). Create it with `wego-gateway init`, "
                + "or point `state_directory` at the directory that holds it."
        case .wrongRootKey(let expected, let got):
            "The custody store is sealed under root key \(expected), but the key ring holds \(got). Point `master_key` "
                + "at the key file that belongs to this state directory, or restore that file. Nothing was changed."
        case .inUse(let path):
            "Another gateway or command has the custody store open (lock file \(path)). "
                + "Use the running gateway, or stop it first; only one process may have the store open."
        case .newerFormat(let path):
            "The custody store at \(path) was written by a newer version of wego-gateway. Run that version, "
                + "or restore a backup made by this one. Nothing was changed."
        case .tampered(let what):
            "The custody store was changed or damaged from outside: \(what). "
                + "Restore a backup, and find out who wrote to the state directory."
        case .storage(let detail): "The custody store could not be used: \(detail)."
        }
    }
}

extension CustodyEntry {
    fileprivate func wayToAdd(_ name: String) -> String {
        switch self {
        case .tenant: "Add it with `wego-gateway tenant add \(name)`, or see `wego-gateway tenant list`."
        case .consumer:
            "Add it with `wego-gateway consumer add \(name) --tenant TENANT --key KEY --secret-file FILE`, "
                + "or see `wego-gateway consumer list`."
        case .homeUser:
            "Import it with `wego-gateway user import \(name) --tenant TENANT --consumer CONSUMER --token-file FILE "
                + "--secret-file FILE`, or see `wego-gateway user list`."
        case .caller:
            "Add it with `wego-gateway caller add \(name) --tenant TENANT`, or see `wego-gateway caller list`."
        case .reservation: "It ended already; see `wego-gateway user show \(name)`."
        case .quarantinedAnswer: "See `wego-gateway user quarantine list`."
        case .authorization: "Begin again with `wego-gateway connect \(name)`."
        case .limitOverride:
            "The defaults hold for it; set others with `wego-gateway limits set \(name)`, "
                + "or see `wego-gateway limits list`."
        }
    }

    fileprivate func wayToReplace(_ name: String) -> String {
        switch self {
        case .tenant: "Choose another name."
        case .consumer:
            "Give it a new key and secret with `wego-gateway consumer rotate \(name)`, or choose another name."
        case .homeUser: "Import it with `--replace` to give it a new credential, or choose another name."
        case .caller: "Give it a new key with `wego-gateway caller rotate \(name)`, or choose another name."
        case .reservation:
            "A creation under this name is under way or its outcome is unknown; "
                + "see `wego-gateway user show \(name)`, or choose another name."
        case .quarantinedAnswer: "See `wego-gateway user quarantine list`."
        case .authorization: "Begin again with `wego-gateway connect \(name)`, for a new temporary token."
        case .limitOverride: "Change it with `wego-gateway limits set \(name)`."
        }
    }
}
