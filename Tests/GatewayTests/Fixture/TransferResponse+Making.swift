// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore

@testable import Curl

extension TransferResponse {
    /// An answer that took 3 ms.
    static func make(_ status: Int, _ fields: [String] = [], _ body: String = "") -> TransferResponse {
        let head = fields.map { $0 + "\r\n" }.joined() + "\r\n"
        return TransferResponse(
            status: status, head: AnswerHead(bytes: Array(head.utf8)), body: ByteBuffer(string: body),
            times: TransferTimes(connected: .zero, firstByte: .milliseconds(2), total: .milliseconds(3)),
            reusedConnection: true)
    }
}
