// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import NIOCore
import NIOHTTP1
import OAuth1
import RateLimits

/// What becomes known of a request on its way, for its record.
enum KnownFact {
    case principal(Principal)
    case route(DataPlaneRoute)
}

/// A request that got past its head.
enum Admission: Sendable {
    case call(AuthorizedCall)
    case envelope(Principal)
    case describe(HomeUserAccess, Principal)
    case connect(ConnectCommand)
    /// What the data plane is: the same for everybody.
    case document
}

/// A call whose route and user exist and whose caller may make it.
struct AuthorizedCall: Sendable {
    let call: UpstreamCall
    let principal: Principal

    /// Nil for the public resource.
    let user: HomeUserAccess?

    /// Of the snapshot that `user` and `principal` are from.
    let generation: UInt64
}

/// A call that may be sent.
struct Outgoing: Sendable {
    let call: UpstreamCall
    var principal: Principal
    var user: HomeUserAccess?

    /// Of the snapshot that `user` and `principal` are from.
    var generation: UInt64

    /// Nil: sent unsigned.
    var credential: SigningCredential?
    var pseudonym: UserPseudonym?
    /// All but `Authorization`.
    let headers: HeaderLines
    let body: ByteBuffer?

    /// What it counts on, and what its caller asks of its turn.
    let subjects: LimitSubjects
    let wishes: CallWishes
    var deadline: NIODeadline
    let effect: CustodyEffect

    /// For the journal: whether two calls asked for the same. Nil where nothing is recorded.
    func digest(_ pseudonyms: Pseudonyms?) -> Fingerprint? {
        guard let pseudonyms else { return nil }
        return (body ?? ByteBuffer()).withUnsafeReadableBytes { body in
            pseudonyms.request(
                salt: user?.keyIdentifier ?? "", method: call.method, target: call.target.wire, body: body)
        }
    }
}
