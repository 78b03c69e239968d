// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// RFC 5849, 3.4. HMAC-SHA256 is not in the RFC but is used with the same construction.
package enum SignatureMethod: String, Sendable, CaseIterable {
    case hmacSHA1 = "HMAC-SHA1"
    case hmacSHA256 = "HMAC-SHA256"
    /// Shows the secrets to the server, so only over TLS. Does not cover the request.
    case plaintext = "PLAINTEXT"
}
