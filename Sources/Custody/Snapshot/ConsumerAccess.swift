// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// A consumer with its current secret, for the requests that are signed without a token.
package final class ConsumerAccess: Sendable {
    package let consumer: Consumer
    /// Nil if the sealed secret does not open.
    package let secret: Secret?
    /// Nil: the defaults hold.
    package let limits: LimitOverride?

    package init(consumer: Consumer, secret: Secret?, limits: LimitOverride? = nil) {
        self.consumer = consumer
        self.secret = secret
        self.limits = limits
    }
}
