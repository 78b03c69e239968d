// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How many attempts may be second ones: a tenth of the first ones. When the upstream fails for everybody, repeating every
/// call would double the load it fails under.
package struct RetryBudget: Sendable, Equatable {
    /// First attempts that pay for one more.
    package static let price = 10

    /// Second attempts that can be saved up.
    package static let most = 10

    private var tenths = price * most

    package init() {}

    package var available: Int { tenths / Self.price }

    package mutating func firstAttempt() {
        tenths = min(tenths + 1, Self.price * Self.most)
    }

    /// Takes one; false when there is none.
    package mutating func takeRetry() -> Bool {
        guard tenths >= Self.price else { return false }
        tenths -= Self.price
        return true
    }

    /// The second attempt was not sent after all.
    package mutating func giveBack() {
        tenths = min(tenths + Self.price, Self.price * Self.most)
    }
}
