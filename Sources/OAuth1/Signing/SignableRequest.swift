// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The parts of a request a signature covers.
package struct SignableRequest: Sendable {
    package var method: [UInt8]
    package var uri: BaseStringURI
    /// Of the query, and of the body if it is a form. A JSON body never takes part.
    package var parameters: [Parameter]
    /// For `oauth_body_hash` only: empty for a request without a body, nil for a form, which must not have the hash.
    package var body: [UInt8]?

    package init(method: [UInt8], uri: BaseStringURI, parameters: [Parameter] = [], body: [UInt8]? = nil) {
        self.method = method
        self.uri = uri
        self.parameters = parameters
        self.body = body
    }
}
