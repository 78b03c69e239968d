// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What one client connection may cost. Times are counted by the connection's event loop.
package struct ConnectionLimits: Sendable {
    /// Bytes of all header fields together, and of one.
    static let maximumHeaderBytes = 16 * 1024
    static let maximumHeaderFieldBytes = 8 * 1024
    static let maximumHeaderFields = 64

    /// Bytes of a request body.
    package var maximumBody = 1024 * 1024

    /// From the first byte of a head to its end.
    package var headerTimeout: Duration = .seconds(5)

    /// From the end of a head to the end of its body.
    package var bodyTimeout: Duration = .seconds(10)

    /// Without a request.
    package var idleTimeout: Duration = .seconds(60)

    /// How long a connection that is to be closed is still read from, so that the client gets to see the answer.
    package var lingerTimeout: Duration = .seconds(2)

    package init() {}
}
