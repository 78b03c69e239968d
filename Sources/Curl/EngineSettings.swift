// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What an engine is told once.
package struct EngineSettings: Sendable {
    package var origin: UpstreamOrigin

    /// PEM file with the only authorities to trust; nil: the system's.
    package var caFile: String?

    /// Name resolving, TCP and TLS together.
    package var connectTimeout: Duration = .seconds(3)

    /// Transfers at one time, each on a connection of its own.
    package var maximumConnections = 64

    /// Requests waiting for a connection; more are refused at once.
    package var maximumWaiting = 1024

    /// Bytes of one answer's header block, without the status line.
    package var maximumHead = 64 * 1024

    /// Bytes of one answer's body.
    package var maximumBody = 16 * 1024 * 1024

    /// Bytes of all answers held at one time.
    package var maximumBuffered = 256 * 1024 * 1024

    /// Whether the upstream's name may point to loopback, link-local or private addresses.
    package var allowsPrivateAddresses: Bool

    package var userAgent = "wego-gateway"

    package init(origin: UpstreamOrigin, caFile: String? = nil) {
        self.origin = origin
        self.caFile = caFile
        self.allowsPrivateAddresses = origin.isLoopback
    }
}

/// Why an engine could not be made.
package enum EngineError: Error, Sendable, Equatable {
    /// The libcurl of this machine lacks TLS, thread-safe name resolving or the send gate (7.80).
    case unsuitableLibrary(version: String)
    case unreadableCAFile(path: String)
    case outOfMemory
}
