// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import NIOCore

/// What a call means for the store beyond being signed with what lies there.
enum CustodyEffect: Sendable {
    case none
    case creation(HomeUserCreation)
    case destruction(HomeUserDestruction)
}

/// What writing down the outcome of a call made of its answer.
enum Settlement: Sendable {
    /// It goes to the caller as it came.
    case unchanged

    /// The credential in it is sealed and durable; this is the body without it.
    case stored(HomeUserName, remainder: ByteBuffer)

    /// The store failed, or could not read the answer.
    case failed(GatewayError)
}
