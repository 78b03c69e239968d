// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Calls refused for one reason: one of them, or those of a second that came after the first few.
package struct DeniedCalls: Sendable, Equatable {
    package var key: DenialKey

    /// Present when the record stands for one call.
    package var requestID: String?
    package var traceID: String?
    package var count: Int

    package init(key: DenialKey, count: Int) {
        self.key = key
        self.count = count
    }
}

/// What denials are counted by. All of it is known to the gateway before the refusal: no text of the request.
package struct DenialKey: Sendable, Hashable {
    package var tenant: String?
    package var caller: String?
    package var user: UserPseudonym?
    package var route: String?
    package var method: String?

    /// Slug of the problem.
    package var problem: String
    package var status: Int

    package init(tenant: String?, caller: String?, user: UserPseudonym?, route: String?, problem: String, status: Int) {
        self.tenant = tenant
        self.caller = caller
        self.user = user
        self.route = route
        self.problem = problem
        self.status = status
    }
}
