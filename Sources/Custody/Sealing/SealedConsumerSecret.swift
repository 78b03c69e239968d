// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// A consumer secret as it lies in the store: under a key of its own, which the tenant's key wraps.
struct SealedConsumerSecret {
    let wrappedKey: [UInt8]
    let secret: [UInt8]

    static func seal(
        _ secret: Secret, of consumer: ConsumerName, in tenant: TenantName, version: Int, under tenantKey: SealingKey
    ) throws(CustodyError) -> SealedConsumerSecret {
        let subject = SealedSubject.consumer(consumer, in: tenant)
        let key = SealingKey.random()
        return try sealing { () throws(SealError) in
            SealedConsumerSecret(
                wrappedKey: try tenantKey.wrap(key, for: subject.context(.key, version: version)),
                secret: try key.seal(secret, for: subject.context(.consumerSecret, version: version)))
        }
    }

    func open(
        of consumer: ConsumerName, in tenant: TenantName, version: Int, under tenantKey: SealingKey
    ) throws(SealError) -> Secret {
        let subject = SealedSubject.consumer(consumer, in: tenant)
        let key = try tenantKey.unwrap(wrappedKey, for: subject.context(.key, version: version))
        return try key.open(secret, for: subject.context(.consumerSecret, version: version))
    }
}
