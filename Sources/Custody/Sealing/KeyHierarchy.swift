// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// Root key -> tenant key -> key of one home user or one consumer version -> fields.
///
/// Destroying a key in the middle makes everything below it unreadable, but in older copies of the file: those hold the
/// sealed key too, and it opens with the root key.
struct KeyHierarchy {
    private let ring: KeyRing

    init(ring: KeyRing) {
        self.ring = ring
    }

    /// New tenants are wrapped under this root key.
    var currentRootKey: String { ring.current.identifier }

    func makeTenantKey(for tenant: TenantName) throws(CustodyError) -> WrappedKey {
        let key = SealingKey.random()
        let context = SealedSubject.tenant(tenant).context(.key, version: 1)
        let bytes = try sealing { () throws(SealError) in try ring.current.wrap(key, for: context) }
        return WrappedKey(key: key, bytes: bytes)
    }

    func openTenantKey(_ wrapped: [UInt8], of tenant: TenantName, rootKey: String) throws(CustodyError) -> SealingKey {
        guard let root = ring.key(identifier: rootKey) else {
            throw .wrongRootKey(expected: rootKey, got: ring.identifiers)
        }
        do {
            return try root.unwrap(wrapped, for: SealedSubject.tenant(tenant).context(.key, version: 1))
        } catch {
            throw .tampered(what: "the key of tenant \(tenant) does not open under root key \(rootKey)")
        }
    }
}

/// A fresh key and its sealed form.
struct WrappedKey {
    let key: SealingKey
    let bytes: [UInt8]
}

/// Proves at the start that the configured root key is the one that the store was sealed under.
struct RootKeyCheck {
    let identifier: String
    let sealed: [UInt8]

    private static let content = "wego-gateway custody store"

    static func make(under ring: KeyRing) throws(CustodyError) -> RootKeyCheck {
        let context = SealedSubject.store.context(.check, version: 1)
        let sealed = try sealing { () throws(SealError) in
            try ring.current.seal(Secret(utf8: content), for: context)
        }
        return RootKeyCheck(identifier: ring.current.identifier, sealed: sealed)
    }

    func verify(with ring: KeyRing) throws(CustodyError) {
        guard let key = ring.key(identifier: identifier) else {
            throw .wrongRootKey(expected: identifier, got: ring.identifiers)
        }
        guard let content = try? key.open(sealed, for: SealedSubject.store.context(.check, version: 1)),
            content.isEqual(to: Secret(utf8: RootKeyCheck.content))
        else {
            throw .tampered(what: "the check value of root key \(identifier) does not open")
        }
    }
}

extension KeyRing {
    /// For messages.
    var identifiers: String {
        [current.identifier, previous?.identifier].compactMap(\.self).joined(separator: " and ")
    }
}

/// Sealing fails only if the cipher itself does.
func sealing<R>(_ body: () throws(SealError) -> R) throws(CustodyError) -> R {
    do {
        return try body()
    } catch {
        throw .storage(detail: "sealing failed")
    }
}
