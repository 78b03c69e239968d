// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

extension StoreTransaction {
    mutating func addConsumer(
        _ name: ConsumerName, in tenantName: TenantName, key: String, secret: Secret
    ) throws -> Consumer {
        try limits.check(consumerKey: key)
        try limits.check(secret, called: "consumer secret")
        let tenant = try tenant(tenantName)
        guard
            try count("SELECT count(*) FROM consumer WHERE tenant = ? AND name = ?", [tenant.id, name.rawValue]) == 0
        else {
            throw CustodyError.alreadyExists(kind: .consumer, name: name.rawValue)
        }
        guard
            try count("SELECT count(*) FROM consumer WHERE tenant = ?", [tenant.id]) < limits.maximumConsumersPerTenant
        else {
            throw CustodyError.limitReached(
                reason: "Tenant \(tenantName) has \(limits.maximumConsumersPerTenant) consumers, which is the limit. "
                    + "Remove one with `wego-gateway consumer rm NAME --tenant \(tenantName)`.")
        }
        try execute(
            "INSERT INTO consumer (tenant, name, version, created) VALUES (?, ?, 1, ?)",
            [tenant.id, name.rawValue, now])
        return try insertVersion(of: try consumer(name, of: tenant), tenant: tenant, key: key, secret: secret)
    }

    mutating func rotateConsumer(
        _ name: ConsumerName, in tenantName: TenantName, key: String, secret: Secret
    ) throws -> Consumer {
        try limits.check(consumerKey: key)
        try limits.check(secret, called: "consumer secret")
        let tenant = try tenant(tenantName)
        let old = try consumer(name, of: tenant)
        try execute("UPDATE consumer SET version = version + 1 WHERE id = ?", [old.id])
        let rotated = try insertVersion(of: try consumer(name, of: tenant), tenant: tenant, key: key, secret: secret)
        try pruneVersions(of: old.id)
        let kept = try count("SELECT count(*) FROM consumer_version WHERE consumer = ?", [old.id])
        guard kept <= limits.maximumVersionsPerConsumer else {
            throw CustodyError.limitReached(
                reason: "Home users still use \(kept - 1) older credentials of consumer \(name), which is the limit. "
                    + "Import those home users again with tokens issued under the newest, then rotate.")
        }
        return rotated
    }

    mutating func removeConsumer(_ name: ConsumerName, in tenantName: TenantName) throws {
        let tenant = try tenant(tenantName)
        let consumer = try consumer(name, of: tenant)
        let users = try homeUserNames(
            "consumer = ?1 OR id IN (SELECT home_user FROM previous_credential WHERE consumer = ?1)", [consumer.id])
        guard users.total == 0 else {
            throw CustodyError.stillInUse(
                reason: "Consumer \(name) still has \(users.text). Import them again under another consumer, "
                    + "or remove them with `wego-gateway user rm NAME --tenant \(tenantName)`.")
        }
        try execute("DELETE FROM consumer WHERE id = ?", [consumer.id])
        changes.append(.consumerRemoved(name, tenantName))
        erasesKeys = true
    }

    /// Deletes the versions that are neither current nor used by any home user or authorization.
    mutating func pruneVersions(of consumer: Int64) throws {
        try execute(
            """
            DELETE FROM consumer_version AS old WHERE consumer = ?
            AND version <> (SELECT version FROM consumer WHERE id = old.consumer)
            AND NOT EXISTS (
                SELECT 1 FROM home_user WHERE consumer = old.consumer AND consumer_version = old.version)
            AND NOT EXISTS (
                SELECT 1 FROM previous_credential WHERE consumer = old.consumer AND consumer_version = old.version)
            AND NOT EXISTS (
                SELECT 1 FROM oauth_session WHERE consumer = old.consumer AND consumer_version = old.version)
            """, [consumer])
        if database.changesCount > 0 { erasesKeys = true }
    }

    private mutating func insertVersion(
        of consumer: ConsumerRow, tenant: TenantRow, key: String, secret: Secret
    ) throws -> Consumer {
        let sealed = try SealedConsumerSecret.seal(
            secret, of: consumer.name, in: tenant.tenant.name, version: consumer.version,
            under: try openKey(of: tenant))
        try execute(
            """
            INSERT INTO consumer_version (consumer, version, consumer_key, wrapped_key, sealed_secret, created)
            VALUES (?, ?, ?, ?, ?, ?)
            """, [consumer.id, consumer.version, key, Data(sealed.wrappedKey), Data(sealed.secret), now])
        let access = ConsumerAccess(consumer: consumer.consumer(in: tenant.tenant.name, key: key), secret: secret)
        changes.append(.consumer(access))
        return access.consumer
    }
}
