// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import WegoWise

/// The OpenAPI document of this data plane, made once. No caller key is asked for it: it says what the gateway forwards
/// and nothing about whom for. The rules against web pages hold for it as for everything.
package struct APIDocument: Sendable {
    /// The path it is served under, without the slash.
    static let segment = "openapi.json"

    let bytes: [UInt8]

    /// - Parameter version: Of the gateway.
    package init(catalogue: RouteCatalogue, mode: ValidationMode, version: String) {
        bytes = OpenAPIDocument(catalogue: catalogue, mode: mode, version: version).bytes()
    }
}
