// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// Keeps tenants, consumers, home users and callers, and their secrets sealed.
///
/// The operations block until the change is durable: never call them on an event loop. Each is atomic; the snapshot shows
/// it when the call returns. Secrets go in and never come out, but through the snapshot to the line that signs.
package protocol CustodyStore: HomeUserCreationStore, QuarantineStore, ConnectionStore, LifeCycleStore,
    LimitOverrideStore
{
    /// The committed state. Cheap, from any thread.
    var snapshot: Snapshot { get }

    @discardableResult
    func addTenant(_ name: TenantName) throws(CustodyError) -> Tenant
    /// By name.
    func tenants() throws(CustodyError) -> [Tenant]
    /// Takes the tenant's consumers and callers along; refused while it has home users.
    func removeTenant(_ name: TenantName) throws(CustodyError)

    @discardableResult
    func addConsumer(
        _ name: ConsumerName, in tenant: TenantName, key: String, secret: Secret
    ) throws(CustodyError) -> Consumer
    /// By tenant and name; of all tenants for nil.
    func consumers(in tenant: TenantName?) throws(CustodyError) -> [Consumer]
    /// Refused while home users belong to it.
    func removeConsumer(_ name: ConsumerName, in tenant: TenantName) throws(CustodyError)
    /// Home users imported before keep the consumer credential that their tokens were issued under.
    @discardableResult
    func rotateConsumer(
        _ name: ConsumerName, in tenant: TenantName, key: String, secret: Secret
    ) throws(CustodyError) -> Consumer

    /// Stores a credential under the consumer's current version. A known name is refused unless `replacing`; a frozen home
    /// user, and one that is being created, always is.
    @discardableResult
    func importHomeUser(
        _ name: HomeUserName, in tenant: TenantName, consumer: ConsumerName, token: Secret, tokenSecret: Secret,
        isDeveloper: Bool, replacing: Bool
    ) throws(CustodyError) -> HomeUser
    /// By tenant and name; of all tenants for nil.
    func homeUsers(in tenant: TenantName?) throws(CustodyError) -> [HomeUser]
    func homeUser(_ name: HomeUserName, in tenant: TenantName) throws(CustodyError) -> HomeUser
    /// Revoking erases the credential, destroying erases the user's key as well: only a new import leads back.
    /// - Parameter reason: One line for the operator.
    @discardableResult
    func setState(
        _ state: HomeUserState, reason: String?, of name: HomeUserName, in tenant: TenantName
    ) throws(CustodyError) -> HomeUser
    /// Erases the user's key and everything else about it. Refused while the user is being created, or while an answer that
    /// may hold its credential waits in the quarantine.
    func removeHomeUser(_ name: HomeUserName, in tenant: TenantName) throws(CustodyError)

    /// The answer is the only copy of the key; the store keeps its digest.
    func addCaller(
        _ name: CallerName, in tenant: TenantName, users: UserSelection, scopes: Scopes
    ) throws(CustodyError) -> CallerKey
    /// By tenant and name; of all tenants for nil.
    func callers(in tenant: TenantName?) throws(CustodyError) -> [Caller]
    /// Adds a key. The newest of the old ones stays valid if `keepingPrevious`, so that a service can change over.
    func rotateCaller(
        _ name: CallerName, in tenant: TenantName, keepingPrevious: Bool
    ) throws(CustodyError) -> CallerKey
    func removeCaller(_ name: CallerName, in tenant: TenantName) throws(CustodyError)
}

extension CustodyStore {
    /// Imports a home user whose name is not taken.
    @discardableResult
    package func importHomeUser(
        _ name: HomeUserName, in tenant: TenantName, consumer: ConsumerName, token: Secret, tokenSecret: Secret,
        isDeveloper: Bool
    ) throws(CustodyError) -> HomeUser {
        try importHomeUser(
            name, in: tenant, consumer: consumer, token: token, tokenSecret: tokenSecret, isDeveloper: isDeveloper,
            replacing: false)
    }

    /// Adds a key; the previous one stays valid until the next rotation.
    package func rotateCaller(_ name: CallerName, in tenant: TenantName) throws(CustodyError) -> CallerKey {
        try rotateCaller(name, in: tenant, keepingPrevious: true)
    }
}
