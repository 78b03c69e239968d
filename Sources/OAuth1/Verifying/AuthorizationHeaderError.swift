// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Why a header is not one of OAuth 1.0. Says where, never what stands there: a header holds a token.
package enum AuthorizationHeaderError: Error, Sendable, Equatable, CustomStringConvertible {
    case otherScheme
    case tooLong(limit: Int)
    case tooManyParameters(limit: Int)
    /// The name as written.
    case repeated(String)
    case badEscape(position: Int)
    case expected(String, position: Int)

    package var explanation: String {
        switch self {
        case .otherScheme: "the Authorization header must start with `OAuth `"
        case .tooLong(let limit): "the Authorization header is longer than \(limit) bytes"
        case .tooManyParameters(let limit): "the Authorization header has more than \(limit) parameters"
        case .repeated(let name): "the Authorization header has \(name) twice"
        case .badEscape(let position):
            "the Authorization header has, in the text from byte \(position), a % without two hexadecimal digits"
        case .expected(let what, let position):
            "the Authorization header should have \(what) at byte \(position)"
        }
    }

    package var description: String { explanation }
}
