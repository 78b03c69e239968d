// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

extension SQLiteStore {
    package func limitOverrides(in tenant: TenantName?) throws(CustodyError) -> [LimitOverride] {
        try snapshot(with: tenant).limitOverrides(in: tenant)
    }

    package func limitOverride(of object: LimitedObject) throws(CustodyError) -> LimitOverride {
        let snapshot = try snapshot(with: object.tenant)
        guard let override = snapshot.limitOverride(of: object) else {
            guard snapshot.has(object) else {
                throw .notFound(kind: CustodyEntry(object.kind), name: object.name)
            }
            throw .notFound(kind: .limitOverride, name: object.name)
        }
        return override
    }

    @discardableResult
    package func setLimits(
        _ adjustment: LimitAdjustment, of object: LimitedObject, note: String?, keepingRest: Bool
    ) throws(CustodyError) -> LimitOverride {
        try commit { try $0.setLimits(adjustment, of: object, note: note, keepingRest: keepingRest) }
    }

    package func removeLimits(of object: LimitedObject) throws(CustodyError) {
        try commit { try $0.removeLimits(of: object) }
    }
}

extension CustodyEntry {
    fileprivate init(_ kind: LimitKind) {
        switch kind {
        case .homeUser: self = .homeUser
        case .caller: self = .caller
        case .tenant: self = .tenant
        case .consumer: self = .consumer
        }
    }
}
