// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Why there is no answer, and what the upstream may have seen.
package struct TransferFailure: Error, Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// No address, no route or nobody listening.
        case unreachable
        case connectTimeout = "connect-timeout"
        /// The name leads into a private network, where a public upstream cannot be.
        case addressRefused = "address-refused"
        case tls
        /// The server is not who it should be. Never tried again.
        case certificate
        case timeout
        case connectionLost = "connection-lost"
        /// What came back is no HTTP/1.1 answer.
        case badResponse = "bad-response"
        case responseTooLarge = "response-too-large"
        case outOfMemory = "out-of-memory"
        /// Refused by the send gate.
        case notDurable = "not-durable"
        /// All connections busy and the queue full, or the turn did not come in time.
        case overloaded
        case shuttingDown = "shutting-down"
    }

    /// What is known about the request when a transfer failed.
    package enum WireState: String, Sendable {
        /// No byte of it left this machine: it may be sent again, whatever its method.
        case notSent = "not-sent"
        /// Bytes left and no answer came. It may have been acted upon.
        case unknown
        /// The answer had begun: it was acted upon, and the answer is lost.
        case answered
    }

    package let kind: Kind
    package let wire: WireState

    /// libcurl's own words, for the log. Holds no header and no body.
    package let detail: String

    package init(_ kind: Kind, _ wire: WireState, _ detail: String = "") {
        self.kind = kind
        self.wire = wire
        self.detail = detail
    }
}
