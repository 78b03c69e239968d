// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Where a running sandbox is found.
package struct SandboxAddress: Sendable, Hashable {
    /// Without a trailing slash: `https://127.0.0.1:40123`.
    package let url: String
    package let port: Int
    /// Where the authority's certificate was written, if it was.
    package let caFile: String?
}
