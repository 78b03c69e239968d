// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import OAuth1

/// What the data plane does for an operator: the pipeline callers go through, entered without a caller key.
package protocol OperatorCalls: Sendable {
    /// Performs the call. Refusals and upstream failures are answers too, as a caller would have got them.
    func perform(_ call: OperatorCall) async -> CallAnswer

    /// Signs as `perform` would and sends nothing.
    func explain(_ call: OperatorCall) throws(AdminProblem) -> SignatureExplanation
}

/// A call as an operator names it.
package struct OperatorCall: Sendable, Equatable {
    package let tenant: TenantName
    package let user: HomeUserName
    package let method: String
    /// Path and query, as callers write them behind `/users/{user}`.
    package let target: String
    /// JSON; nil for no body.
    package let body: [UInt8]?

    /// Who asks, as the kernel says: `operator:uid=0`.
    package let asker: String?

    package init(
        tenant: TenantName, user: HomeUserName, method: String, target: String, body: [UInt8]?, asker: String? = nil
    ) {
        self.asker = asker
        self.tenant = tenant
        self.user = user
        self.method = method
        self.target = target
        self.body = body
    }
}

package struct CallAnswer: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
