// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// Commits wire faults. Stands in front of the HTTP encoder, and goes around it where half an answer is to leave.
final class WireFaultHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        case sound
        /// The head is out, half of the body is to follow.
        case cuttingBody
        /// The answer is on its way out; these bytes follow it.
        case straying([UInt8])
        /// The connection is ending; whatever else is written is dropped.
        case cut
    }

    private var state = State.sound
    private var isIdle = true
    private let strayDelay: TimeAmount
    private let onStray: @Sendable () -> Void

    /// - Parameter strayDelay: how long a connection is left idle before stray bytes arrive on it.
    init(strayDelay: TimeAmount, onStray: @escaping @Sendable () -> Void) {
        self.strayDelay = strayDelay
        self.onStray = onStray
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isIdle = false
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch (state, unwrapOutboundIn(data)) {
        case (.cut, _):
            promise?.fail(ChannelError.ioOnClosedChannel)
        case (_, .head(var response)):
            let fault = response.headerFields[WireFault.fieldName].flatMap(WireFault.init(fieldValue:))
            response.headerFields[WireFault.fieldName] = nil
            begin(fault, response, context: context, promise: promise)
        case (.cuttingBody, .body(var body)):
            let half = body.readSlice(length: body.readableBytes / 2) ?? ByteBuffer()
            end(context, after: context.writeAndFlush(wrapOutboundOut(.body(half))), promise: promise)
        case (.cuttingBody, .end):
            end(context, after: context.writeAndFlush(data), promise: promise)
        case (.straying(let bytes), .end):
            state = .sound
            isIdle = true
            context.write(data, promise: promise)
            stray(bytes, context: context)
        case (_, .end):
            isIdle = true
            context.write(data, promise: promise)
        default:
            context.write(data, promise: promise)
        }
    }

    private func begin(
        _ fault: WireFault?, _ response: HTTPResponse, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
        var response = response
        switch fault {
        case .cut(.afterRead), .cut(.beforeHead):
            end(context, after: context.eventLoop.makeSucceededVoidFuture(), promise: promise)
            return
        case .cut(.midHead):
            end(context, after: writeRaw(Self.halfHead(of: response), context: context), promise: promise)
            return
        case .cut(.midBody): state = .cuttingBody
        case .stray(let bytes): state = .straying(bytes)
        case .date(let text): response.headerFields[.date] = text
        case nil: break
        }
        context.write(wrapOutboundOut(.head(response)), promise: promise)
    }

    /// Closes without a TLS farewell: a cut is not a polite end.
    private func end(
        _ context: ChannelHandlerContext, after sent: EventLoopFuture<Void>, promise: EventLoopPromise<Void>?
    ) {
        state = .cut
        sent.assumeIsolated().whenComplete { _ in
            let operations = context.pipeline.syncOperations
            let tls = try? operations.context(handlerType: NIOSSLServerHandler.self)
            (tls ?? context).close(promise: nil)
        }
        promise?.fail(ChannelError.ioOnClosedChannel)
    }

    /// A connection that is in use again by then is waited for once more.
    private func stray(_ bytes: [UInt8], context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: strayDelay) {
            guard context.channel.isActive else { return }
            guard self.isIdle else { return self.stray(bytes, context: context) }
            let onStray = self.onStray
            self.writeRaw(bytes, context: context).whenSuccess { onStray() }
        }
    }

    /// Writes bytes past the HTTP encoder.
    private func writeRaw(_ bytes: [UInt8], context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        guard let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self) else {
            return context.eventLoop.makeSucceededVoidFuture()
        }
        return encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)))
    }

    private static func halfHead(of response: HTTPResponse) -> [UInt8] {
        let lines = response.headerFields.map { "\($0.name.rawName): \($0.value)\r\n" }
        let status = HTTPResponseStatus(statusCode: response.status.code)
        let head = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n" + lines.joined() + "\r\n"
        return Array(head.utf8.prefix(head.utf8.count / 2))
    }
}
