// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

/// Limits that differ from the defaults, for one home user, caller, tenant or consumer each. The snapshot shows a change when
/// the call returns.
package protocol LimitOverrideStore: Sendable {
    /// By tenant, kind and name; of all tenants for nil.
    func limitOverrides(in tenant: TenantName?) throws(CustodyError) -> [LimitOverride]
    func limitOverride(of object: LimitedObject) throws(CustodyError) -> LimitOverride
    /// - Parameter note: One line for the operator.
    /// - Parameter keepingRest: Whether what the adjustment does not name, and a note that is not given, stay as they are;
    ///   otherwise the defaults hold for them.
    @discardableResult
    func setLimits(
        _ adjustment: LimitAdjustment, of object: LimitedObject, note: String?, keepingRest: Bool
    ) throws(CustodyError) -> LimitOverride
    /// The defaults hold again.
    func removeLimits(of object: LimitedObject) throws(CustodyError)
}
