// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One committed difference, as the snapshot takes it.
enum SnapshotChange: Sendable {
    case tenantAdded(Tenant)
    /// With everything it owned.
    case tenantRemoved(TenantName)
    /// Added or replaced; so are `homeUser` and `caller`. Limits stay as they are.
    case consumer(ConsumerAccess)
    case consumerRemoved(ConsumerName, TenantName)
    case homeUser(HomeUserAccess)
    case homeUserRemoved(HomeUserName, TenantName)
    case caller(CallerAccess)
    case callerRemoved(CallerName, TenantName)
    case limits(LimitOverride)
    case limitsRemoved(LimitedObject)
}
