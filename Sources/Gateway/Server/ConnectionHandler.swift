// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import DequeModule
import NIOCore
import NIOHTTP1

/// One client connection: a request at a time, in order, with a deadline on everything a client can be slow with.
///
/// Nothing is read while a call is under way, so a client that sends faster than WegoWise answers fills its own socket
/// buffer and no memory of ours.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// The next part is a head.
        case idle
        /// The head was admitted; its body arrives.
        case receiving(Exchange, Admission, HTTPHeaders, ByteBuffer)
        /// The request is complete, its answer is not.
        case waiting
        /// The request was answered before its end; the rest of it is thrown away.
        case discarding
        case closed
    }

    private let pipeline: RequestPipeline
    private let limits: ConnectionLimits
    private var phase = Phase.idle
    private var parts: Deque<HTTPServerRequestPart> = []
    private var isProcessing = false
    private var timer = DeadlineTimer()
    private var output = ByteBuffer()

    /// Bytes arrived that belong to a head not yet complete.
    private var hasPartialHead = false
    private var isTimed = false
    private var closesAfterAnswer = false
    private var isDraining = false
    private var inputEnded = false

    init(pipeline: RequestPipeline, limits: ConnectionLimits) {
        self.pipeline = pipeline
        self.limits = limits
    }

    // MARK: Events of the channel

    func channelActive(context: ChannelHandlerContext) {
        setDeadline(limits.idleTimeout, context)
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        timer.cancel()
        parts.removeAll()
        context.fireChannelInactive()
    }

    /// From the handler in front of the parser.
    func bytesArrived() {
        hasPartialHead = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parts.append(unwrapInboundIn(data))
        process(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        startDeadlines(context)
        readMore(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputEnded = true
            if case .waiting = phase { closesAfterAnswer = true } else { close(context) }
        case is DrainEvent:
            isDraining = true
            if case .idle = phase, parts.isEmpty { close(context) }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// The parser gave up on what arrived; where the next request begins is unknown.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            close(context)
            return
        }
        switch phase {
        case .idle:
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
            let exchange = exchange(for: head, context)
            refuse(exchange, error == .headerOverflow ? .headTooLarge : .badRequest(reason: "it does not parse"), context)
        case .receiving(let exchange, _, _, _):
            refuse(exchange, .badRequest(reason: "the body's framing is broken"), context)
        case .waiting:
            closesAfterAnswer = true
        case .discarding, .closed:
            close(context)
        }
    }

    // MARK: Parts of requests

    private func process(_ context: ChannelHandlerContext) {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while acceptsPart, let part = parts.popFirst() {
            switch part {
            case .head(let head): receive(head, context)
            case .body(let bytes): receive(bytes, context)
            case .end: receiveEnd(context)
            }
        }
    }

    private var acceptsPart: Bool {
        switch phase {
        case .idle, .receiving, .discarding: true
        case .waiting, .closed: false
        }
    }

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        hasPartialHead = false
        isTimed = false
        closesAfterAnswer = !head.isKeepAlive || isDraining || inputEnded
        let exchange = exchange(for: head, context)
        do throws(GatewayError) {
            let admission = try pipeline.admit(head)
            phase = .receiving(exchange, admission, head.headers, ByteBuffer())
            if head.hasBody, head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
            }
        } catch {
            phase = .discarding
            // The body of a refused request is not worth reading to its end.
            if head.hasBody { closesAfterAnswer = true }
            exchange.refuse(error)
        }
    }

    private func receive(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .receiving(let exchange, let admission, let headers, var body) = phase else { return }
        phase = .waiting  // the buffer below must be the only reference while it grows
        if body.readableBytes + bytes.readableBytes > limits.maximumBody {
            refuse(exchange, .bodyTooLarge(limit: limits.maximumBody), context)
            return
        }
        if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
        phase = .receiving(exchange, admission, headers, body)
    }

    private func receiveEnd(_ context: ChannelHandlerContext) {
        switch phase {
        case .receiving(let exchange, let admission, let headers, let body):
            phase = .waiting
            timer.set(nil, on: context.eventLoop) {}
            exchange.send(admission, headers: headers, body: body)
        case .discarding:
            if closesAfterAnswer { close(context) } else { becomeIdle(context) }
        case .idle, .waiting, .closed:
            break
        }
    }

    /// Answers at once; what is still to come of the request is thrown away and the connection closed.
    private func refuse(_ exchange: Exchange, _ error: GatewayError, _ context: ChannelHandlerContext) {
        phase = .discarding
        closesAfterAnswer = true
        exchange.refuse(error)
    }

    private func exchange(for head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Exchange {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        return Exchange(head: head, pipeline: pipeline, eventLoop: context.eventLoop) { answer in
            let (handler, context) = bound.value
            handler.write(answer, context)
        }
    }

    // MARK: Answers

    private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
        if case .closed = phase { return }
        closesAfterAnswer = closesAfterAnswer || isDraining
        output.clear(minimumCapacity: 1024)
        AnswerWriter.write(answer, closing: closesAfterAnswer, into: &output)
        let isComplete = if case .waiting = phase { true } else { false }
        guard closesAfterAnswer else {
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
            if isComplete {
                becomeIdle(context)
                process(context)
                readMore(context)
            }
            return
        }
        setDeadline(limits.lingerTimeout, context)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(output)).whenComplete { _ in
            // Closing with unread bytes in the socket would reset the connection and may lose the answer.
            if isComplete { bound.value.close(promise: nil) }
        }
    }

    private func becomeIdle(_ context: ChannelHandlerContext) {
        phase = .idle
        if isDraining && parts.isEmpty {
            close(context)
        } else {
            setDeadline(limits.idleTimeout, context)
        }
    }

    private func close(_ context: ChannelHandlerContext) {
        phase = .closed
        context.close(promise: nil)
    }

    private func readMore(_ context: ChannelHandlerContext) {
        if acceptsPart && parts.isEmpty && !inputEnded { context.read() }
    }

    // MARK: Deadlines

    /// Only requests that did not arrive in one piece get a deadline of their own, so the usual one costs no timer.
    private func startDeadlines(_ context: ChannelHandlerContext) {
        guard !isTimed else { return }
        switch phase {
        case .idle where hasPartialHead:
            isTimed = true
            setDeadline(limits.headerTimeout, context)
        case .receiving:
            isTimed = true
            setDeadline(limits.bodyTimeout, context)
        case .idle, .waiting, .discarding, .closed:
            break
        }
    }

    private func setDeadline(_ duration: Duration, _ context: ChannelHandlerContext) {
        timer.set(.now() + TimeAmount(duration), on: context.eventLoop, fire: deadlineFired(context))
    }

    private func deadlineFired(_ context: ChannelHandlerContext) -> @Sendable () -> Void {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        return {
            let (handler, context) = bound.value
            handler.checkDeadline(context)
        }
    }

    private func checkDeadline(_ context: ChannelHandlerContext) {
        guard timer.isDue(now: .now(), on: context.eventLoop, fire: deadlineFired(context)) else { return }
        switch phase {
        case .receiving(let exchange, _, _, _):
            refuse(exchange, .requestTimeout, context)
        case .idle where hasPartialHead:
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
            refuse(exchange(for: head, context), .requestTimeout, context)
        case .idle, .waiting, .discarding, .closed:
            close(context)
        }
    }
}

/// Tells connections that the gateway is stopping.
struct DrainEvent: Sendable {}

/// Sees bytes before the parser does: a head that never gets complete is known only here.
final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler

    init(_ connection: ConnectionHandler) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.bytesArrived()
        context.fireChannelRead(data)
    }
}
