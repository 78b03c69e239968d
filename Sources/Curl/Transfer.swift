// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore

/// One signed request on its way to the upstream.
package struct TransferRequest: Sendable {
    /// Upper case.
    package var method: String

    /// Goes into the request line byte for byte: what was signed is what is sent.
    package var target: [UInt8]

    package var headers: HeaderLines

    /// Nil: no body and no `Content-Length`.
    package var body: ByteBuffer?

    /// When the whole transfer, waiting for a connection included, must have ended.
    package var deadline: NIODeadline

    /// The journal sequence that must be durable before the first byte leaves; 0 for none.
    package var requiredSequence: UInt64 = 0

    package init(method: String, target: [UInt8], headers: HeaderLines, body: ByteBuffer?, deadline: NIODeadline) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.deadline = deadline
    }
}

/// An answer of the upstream, complete.
package struct TransferResponse: Sendable {
    package let status: Int
    package let head: AnswerHead
    package let body: ByteBuffer
    package let times: TransferTimes
    package let reusedConnection: Bool

    /// The same answer with another head and body.
    package func rewritten(head: AnswerHead, body: ByteBuffer) -> TransferResponse {
        TransferResponse(status: status, head: head, body: body, times: times, reusedConnection: reusedConnection)
    }
}

/// Where the time went, counted from the start of the transfer.
package struct TransferTimes: Sendable, Equatable {
    /// Until a connection was ready; nearly nothing on a pooled one.
    package let connected: Duration
    package let firstByte: Duration
    package let total: Duration
}

/// Who waits for a transfer.
package protocol TransferReceiver: AnyObject, Sendable {
    /// Where `transferEnded` is called.
    var eventLoop: any EventLoop { get }

    /// Called exactly once for each submitted request.
    func transferEnded(_ outcome: Result<TransferResponse, TransferFailure>)
}
