// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import DequeModule
import NIOCore
import NIOHTTP1

/// One client connection: a request at a time, in order, with a deadline on everything a client can be slow with.
///
/// Nothing is read while a call is under way or an answer waits for the client to take it, so a client that sends faster
/// than it is answered fills its own socket buffer and no memory of ours.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Next comes a head.
        case idle
        /// The head was admitted; its body arrives.
        case receiving(Exchange, Admission, HTTPHeaders)
        /// The request is complete, its answer is not.
        case waiting(Exchange)
        /// Answered without having been complete. Only its end may follow, or the connection is closed.
        case refused
        /// The last answer is written. What arrives is thrown away until the client closes too.
        case closing
        case closed
    }

    /// What a client sent, in the order in which it did.
    private enum Arrival {
        case part(HTTPServerRequestPart)
        /// The parser gave up: where a next request would begin is unknown.
        case broken(HTTPParserError)
        /// The client will send no more. It may still wait for answers.
        case end
    }

    private let pipeline: RequestPipeline
    private let limits: ConnectionLimits
    private var phase = Phase.idle
    private var arrivals: Deque<Arrival> = []
    private var isProcessing = false
    private var body = ByteBuffer()
    private var output = ByteBuffer()
    private var timer = DeadlineTimer()

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
        endPhase()
        timer.cancel()
        arrivals.removeAll()
        context.fireChannelInactive()
    }

    /// From the handler in front of the parser.
    func headBytesArrived() {
        hasPartialHead = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrived(.part(unwrapInboundIn(data)), context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        startDeadlines(context)
        readMore(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        process(context)
        readMore(context)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputEnded = true
            arrived(.end, context)
            if case .waiting(let exchange) = phase { exchange.clientLeft() }
        case is DrainEvent:
            isDraining = true
            if case .idle = phase, arrivals.isEmpty { closeWhenWritten(context, lingering: false) }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Behind the first error of the parser it reports every further packet as one.
        if error is ByteToMessageDecoderError { return }
        guard context.channel.isActive, let error = error as? HTTPParserError else { return close(context) }
        arrived(.broken(error), context)
    }

    // MARK: Requests

    private func arrived(_ arrival: Arrival, _ context: ChannelHandlerContext) {
        switch phase {
        case .idle, .receiving, .waiting, .refused:
            arrivals.append(arrival)
            process(context)
        case .closing, .closed: break
        }
    }

    private func process(_ context: ChannelHandlerContext) {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while isReady(context), let arrival = arrivals.popFirst() {
            switch arrival {
            case .part(.head(let head)): receive(head, context)
            case .part(.body(let bytes)): receive(bytes, context)
            case .part(.end): receiveEnd(context)
            case .broken(let error): receiveBroken(error, context)
            case .end: closeWhenWritten(context, lingering: false)
            }
        }
    }

    private func isReady(_ context: ChannelHandlerContext) -> Bool {
        switch phase {
        case .idle: context.channel.isWritable
        case .receiving, .refused: true
        case .waiting, .closing, .closed: false
        }
    }

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        hasPartialHead = false
        isTimed = false
        closesAfterAnswer = !head.mayBeFollowed
        let exchange = exchange(for: head, context)
        do throws(GatewayError) {
            let admission = try exchange.admit(head)
            phase = .receiving(exchange, admission, head.headers)
            if head.awaitsContinue {
                context.writeAndFlush(
                    wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
            }
        } catch {
            // The body of a refused request is not worth reading to its end.
            if head.hasBody { closesAfterAnswer = true }
            phase = .refused
            exchange.refuse(error)
        }
    }

    private func receive(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .receiving(let exchange, _, _) = phase else { return }
        guard body.readableBytes + bytes.readableBytes <= limits.maximumBody else {
            return refuse(exchange, .bodyTooLarge(limit: limits.maximumBody))
        }
        if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
    }

    private func receiveEnd(_ context: ChannelHandlerContext) {
        switch phase {
        case .receiving(let exchange, let admission, let headers):
            let body = body
            self.body = ByteBuffer()
            phase = .waiting(exchange)
            timer.clear()
            exchange.send(admission, headers: headers, body: body)
        case .refused:
            becomeIdle(context)
        case .idle, .waiting, .closing, .closed:
            break
        }
    }

    private func receiveBroken(_ error: HTTPParserError, _ context: ChannelHandlerContext) {
        if case .receiving(let exchange, _, _) = phase {
            refuse(exchange, .badRequest(reason: "the body's framing is broken"))
        } else {
            let reason: GatewayError =
                error == .headerOverflow ? .headTooLarge : .badRequest(reason: "it does not parse")
            refuse(exchangeWithoutHead(context), reason)
        }
    }

    /// Answers at once. What is still to come of the request is thrown away and the connection closed.
    private func refuse(_ exchange: Exchange, _ error: GatewayError) {
        body = ByteBuffer()
        closesAfterAnswer = true
        phase = .refused
        exchange.refuse(error)
    }

    private func exchange(for head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Exchange {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        return Exchange(head: head, pipeline: pipeline, eventLoop: context.eventLoop) { answer in
            let (handler, context) = bound.value
            handler.write(answer, context)
        }
    }

    /// For a request that never got a head that can be read.
    private func exchangeWithoutHead(_ context: ChannelHandlerContext) -> Exchange {
        exchange(for: HTTPRequestHead(version: .http1_1, method: .RAW(value: "OTHER"), uri: "/"), context)
    }

    // MARK: Answers

    private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
        if case .closed = phase { return }
        let isLast = closesAfterAnswer || isDraining || isEndNext
        output.clear(minimumCapacity: 1024)
        let rest = AnswerWriter.write(answer, closing: isLast, into: &output)
        context.write(wrapOutboundOut(output), promise: nil)
        if let rest { context.write(wrapOutboundOut(rest), promise: nil) }
        if isLast {
            closeWhenWritten(context, lingering: true)
            return
        }
        context.flush()
        if case .waiting = phase {
            becomeIdle(context)
            process(context)
            readMore(context)
        }
    }

    private var isEndNext: Bool {
        if case .end? = arrivals.first { true } else { false }
    }

    private func becomeIdle(_ context: ChannelHandlerContext) {
        phase = .idle
        isTimed = false
        setDeadline(limits.idleTimeout, context)
    }

    /// Closes behind the bytes already written. A socket with unread bytes must not be closed at once, because the reset
    /// that follows may overtake the answer: hence `lingering` (RFC 9112 section 9.6).
    private func closeWhenWritten(_ context: ChannelHandlerContext, lingering: Bool) {
        phase = .closing
        arrivals.removeAll()
        setDeadline(limits.idleTimeout, context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { result in
            let (handler, context) = bound.value
            let isWritten = if case .success = result { true } else { false }
            handler.lastBytesWritten(context, lingering: lingering && isWritten)
        }
    }

    private func lastBytesWritten(_ context: ChannelHandlerContext, lingering: Bool) {
        guard case .closing = phase else { return }
        guard lingering && !inputEnded else { return close(context) }
        setDeadline(limits.lingerTimeout, context)
        context.close(mode: .output, promise: nil)
        readMore(context)
    }

    /// Nobody will read an answer any more.
    private func endPhase() {
        let last = phase
        phase = .closed
        if case .waiting(let exchange) = last { exchange.clientLeft() }
    }

    private func close(_ context: ChannelHandlerContext) {
        endPhase()
        context.close(promise: nil)
    }

    private func readMore(_ context: ChannelHandlerContext) {
        guard !inputEnded, arrivals.isEmpty else { return }
        if case .closing = phase { context.read() } else if isReady(context) { context.read() }
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
        case .idle, .waiting, .refused, .closing, .closed:
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
        case .receiving(let exchange, _, _):
            refuse(exchange, .requestTimeout)
        case .idle where hasPartialHead && arrivals.isEmpty:
            refuse(exchangeWithoutHead(context), .requestTimeout)
        case .idle, .waiting, .refused, .closing, .closed:
            close(context)
        }
    }
}

extension HTTPRequestHead {
    /// Whether the connection may carry another request. Not after one that asks for another protocol, because the
    /// parser stops there; nor in HTTP/1.0, where keeping it open would have to be agreed upon in the answer.
    fileprivate var mayBeFollowed: Bool {
        isKeepAlive && !isOld && method != .CONNECT && !headers.contains(name: "upgrade")
    }

    /// RFC 9110 section 10.1.1. To be ignored in HTTP/1.0.
    fileprivate var awaitsContinue: Bool {
        hasBody && !isOld && headers["expect"].contains { $0.lowercased() == "100-continue" }
    }
}

/// Tells connections that the gateway is stopping.
struct DrainEvent: Sendable {}
