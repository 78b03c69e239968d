// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import NIOPosix
import NIOSSL
import TestSupport

/// Event loops for all tests of this module; they live as long as the process.
enum Loops {
    static let server = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    static let client = MultiThreadedEventLoopGroup(numberOfThreads: 1)
}

/// A server on loopback whose connections follow a script byte for byte, faults included.
final class ScriptedServer: Sendable {
    /// What happened so far.
    struct Seen: Sendable {
        var connections = 0
        var requests: [ReceivedRequest] = []
        /// All bytes that arrived, decrypted.
        var byteCount = 0
        /// Connections whose client said farewell or is gone.
        var closed = 0
    }

    let seen = Watched(Seen())
    let port: Int
    private let channel: any Channel

    /// `script` is asked for each connection, counted from 1.
    init(
        tls: NIOSSLContext?, host: String = "127.0.0.1", script: @escaping @Sendable (Int) -> [Step]
    ) async throws {
        let seen = seen
        channel = try await ServerBootstrap(group: Loops.server)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let number = seen.change {
                        $0.connections += 1
                        return $0.connections
                    }
                    let connection = ScriptedConnection(number: number, script: script(number), seen: seen)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .bind(host: host, port: 0).get()
        guard let port = channel.localAddress?.port else { throw TimedOut(what: "port", limit: .zero) }
        self.port = port
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Closes the listener and waits until new connections are refused.
    func stopListening() async throws {
        try await channel.close().get()
    }
}

/// Plays one connection's script on its event loop.
private final class ScriptedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let number: Int
    private let script: [Step]
    private let seen: Watched<ScriptedServer.Seen>
    private var position = 0
    private var received: [UInt8] = []
    private var isBusy = false

    init(number: Int, script: [Step], seen: Watched<ScriptedServer.Seen>) {
        self.number = number
        self.script = script
        self.seen = seen
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { advance(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        advance(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        position = script.count
        seen.change { $0.closed += 1 }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        seen.change { $0.byteCount += buffer.readableBytes }
        received += Array(buffer.readableBytesView)
        advance(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func advance(_ context: ChannelHandlerContext) {
        while !isBusy, position < script.count {
            let step = script[position]
            position += 1
            guard perform(step, context) else {
                position -= 1
                return
            }
        }
    }

    /// False when the step cannot be done before more bytes arrive.
    private func perform(_ step: Step, _ context: ChannelHandlerContext) -> Bool {
        switch step {
        case .answer(let answer):
            guard let request = takeRequest() else { return false }
            write(answer(request), context)
        case .receive: return takeRequest() != nil
        case .send(let text): write(text, context)
        case .drip(let text): drip(Array(text.utf8)[...], context)
        case .wait(let gate):
            isBusy = true
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            gate.whenOpen(on: context.eventLoop) {
                let (handler, context) = bound.value
                handler.isBusy = false
                handler.advance(context)
            }
        case .close: context.close(promise: nil)
        case .cut: transportContext(context).close(promise: nil)
        case .reset:
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            transportContext(context).close(promise: nil)
        case .again: position = 0
        case .silence: position = script.count
        }
        return true
    }

    private func takeRequest() -> ReceivedRequest? {
        guard let (request, count) = ReceivedRequest.parse(received, connection: number) else { return nil }
        received.removeFirst(count)
        seen.change { $0.requests.append(request) }
        return request
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func drip(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        guard let first = bytes.first else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [first])), promise: nil)
        isBusy = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .microseconds(200)) {
            let (handler, context) = bound.value
            handler.isBusy = false
            handler.drip(bytes.dropFirst(), context)
            handler.advance(context)
        }
    }

    /// Below TLS, so that what is done there needs no farewell.
    private func transportContext(_ context: ChannelHandlerContext) -> ChannelHandlerContext {
        (try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)) ?? context
    }
}
