// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody

/// How entries are shown to operators. There is nothing secret in any of these types.
extension Tenant {
    package var tree: JSONTree {
        .members(["tenant": .string(name.rawValue), "created": .string(UTCTime.text(created))])
    }
}

extension Consumer {
    package var tree: JSONTree {
        .members([
            "consumer": .string(name.rawValue), "tenant": .string(tenant.rawValue), "key": .string(key),
            "version": .int(Int64(version)), "created": .string(UTCTime.text(created)),
        ])
    }
}

extension HomeUser {
    package var tree: JSONTree {
        .members([
            "user": .string(name.rawValue), "tenant": .string(tenant.rawValue), "consumer": .string(consumer.rawValue),
            "developer": .bool(isDeveloper), "state": .string(state.rawValue), "reason": .text(reason),
            "since": .string(UTCTime.text(since)), "created": .string(UTCTime.text(created)),
            "credential_version": .int(Int64(credentialVersion)), "has_credential": .bool(hasCredential),
            "upstream_username": .text(upstreamUsername), "advice": .text(advice),
        ])
    }
}

extension QuarantinedAnswer {
    package var tree: JSONTree {
        .members([
            "id": .string(identifier), "user": .string(user.rawValue), "tenant": .string(tenant.rawValue),
            "since": .string(UTCTime.text(created)), "bytes": .int(Int64(byteCount)), "reason": .string(reason),
            "in_emergency_file": .bool(isSpilled),
        ])
    }
}

extension Caller {
    package var tree: JSONTree {
        .members([
            "caller": .string(name.rawValue), "tenant": .string(tenant.rawValue), "users": users.tree,
            "scopes": .string(scopes.text), "key_ids": .strings(keyIdentifiers),
            "created": .string(UTCTime.text(created)),
        ])
    }
}

extension UserSelection {
    fileprivate var tree: JSONTree {
        switch self {
        case .all: .string("*")
        case .listed(let names): .strings(names.map(\.rawValue).sorted())
        }
    }
}
