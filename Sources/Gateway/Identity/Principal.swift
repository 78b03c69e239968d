// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import NIOHTTP1
import Secrets

/// On whose behalf a call is made, once that is proven.
struct Principal: Sendable {
    let tenant: TenantName

    /// Nil for the operator on the admin socket, who may do everything within the tenant.
    let caller: CallerAccess?

    /// Of the key that was shown.
    let keyIdentifier: String?

    /// Who the operator is, as far as the admin socket tells.
    var operatorName: String?

    /// What the records call it. No caller's name begins with a bracket.
    var recordedName: String {
        caller?.name.rawValue ?? operatorName.map { "(\($0))" } ?? CallRecord.operatorCaller
    }

    func require(_ scope: Scopes) throws(GatewayError) {
        guard let caller, !caller.scopes.contains(scope) else { return }
        throw .scopeMissing(scope.text)
    }

    /// The same caller as custody knows it now, if the key it showed is still good.
    func renewed(in snapshot: Snapshot) throws(GatewayError) -> Principal {
        guard let caller else { return self }
        guard let keyIdentifier, let current = snapshot.caller(keyIdentifier: keyIdentifier),
            current.name == caller.name, current.tenant == tenant
        else { throw .callerKeyInvalid }
        return Principal(tenant: tenant, caller: current, keyIdentifier: keyIdentifier)
    }

    /// The home user of that name, if this principal may know it. One answer for "does not exist", "is another tenant's"
    /// and "not for this caller", so that nobody can find out which.
    func homeUser(_ text: String, in snapshot: Snapshot) throws(GatewayError) -> HomeUserAccess {
        guard let name = HomeUserName(text), caller?.users.contains(name) ?? true,
            let access = snapshot.homeUser(name, in: tenant)
        else { throw .userNotFound(Self.printable(text)) }
        return access
    }

    /// What of an unchecked name may stand in a message.
    private static func printable(_ text: String) -> String {
        HomeUserName(text)?.rawValue ?? "(not a valid name)"
    }
}

/// Finds out who calls, from the `Authorization` field.
enum Authentication {
    static func principal(_ headers: HTTPHeaders, in snapshot: Snapshot) throws(GatewayError) -> Principal {
        let values = headers["authorization"]
        guard values.count == 1, let value = values.first, let text = bearerToken(value) else {
            throw .callerKeyMissing
        }
        guard let key = CallerKey(text), let caller = snapshot.caller(keyIdentifier: key.identifier),
            caller.accepts(key)
        else { throw .callerKeyInvalid }
        return Principal(tenant: caller.tenant, caller: caller, keyIdentifier: key.identifier)
    }

    /// RFC 6750 section 2.1. The scheme's letter case does not matter (RFC 9110 section 11.1).
    private static func bearerToken(_ value: String) -> Substring.UTF8View? {
        guard value.utf8.count > 7, value.prefix(7).lowercased() == "bearer " else { return nil }
        return value.dropFirst(7).utf8
    }
}
