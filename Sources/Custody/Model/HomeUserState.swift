// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Where a home user's access stands. The raw values are stored and shown.
package enum HomeUserState: String, Sendable, CaseIterable {
    /// The name is taken and the call that creates the user is under way, in this process.
    case pending
    /// In use.
    case active
    /// Still in use, but the upstream has refused the token, or the sealed credential does not open.
    case suspect
    /// Nobody knows whether the upstream created, or destroyed, the user: its answer was lost or not understood.
    case unknown
    /// Given up for good: the credential is erased. A new import brings the user back.
    case revoked
    /// Held back by an operator; the credential stays sealed in the store until the user is thawed.
    case frozen
    /// Destroyed upstream: the user's key is erased too, so nothing sealed under it can be read again.
    case destroyed

    /// Whether an operator or the gateway may move a home user from this state to `next`. Staying is always allowed.
    ///
    /// `pending` begins with a reservation and ends with it, by no other way.
    package func mayBecome(_ next: HomeUserState) -> Bool {
        if self == next { return true }
        return switch (self, next) {
        case (_, .pending), (.pending, _): false
        case (.active, _), (.suspect, _): true
        case (.frozen, .active), (.frozen, .revoked), (.frozen, .destroyed), (.frozen, .unknown): true
        case (.frozen, .suspect): false  // a late upstream answer must not undo what an operator decided
        case (.unknown, .suspect): false  // nothing is sent in this state: the answer is about an earlier call
        case (.unknown, _): true
        case (.revoked, .destroyed): true
        case (.revoked, _), (.destroyed, _), (.frozen, .frozen): false
        }
    }

    /// Whether requests may be signed in this state, provided that the credential opens.
    package var isUsable: Bool { self == .active || self == .suspect }

    /// Whether a sealed credential, if there is one, stays in the store in this state.
    var keepsCredential: Bool { isUsable || self == .frozen || self == .unknown }
}
