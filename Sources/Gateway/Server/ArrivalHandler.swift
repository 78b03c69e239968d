// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore

/// Sees bytes before the parser does: a head that never gets complete is known only here.
final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler

    init(_ connection: ConnectionHandler) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Empty lines between requests are nothing (RFC 9112 section 2.2). A time-out must not answer them: the client
        // would take it for the answer to its next request.
        let bytes = unwrapInboundIn(data).readableBytesView
        if bytes.contains(where: { $0 != 0x0D && $0 != 0x0A }) { connection.headBytesArrived() }
        context.fireChannelRead(data)
    }
}
