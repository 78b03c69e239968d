// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Dispatch
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Where the data plane listens, and what a client may cost.
package struct DataPlaneSettings: Sendable {
    /// A loopback address.
    package var host = "127.0.0.1"

    /// 0 takes any free port.
    package var port = 8787
    package var unixSocket: String?

    /// Further values of `Host`.
    package var hosts: [String] = []

    /// Client connections at one time; further ones are closed at once.
    package var maximumConnections = 1024
    package var limits = ConnectionLimits()

    /// Event loops.
    package var threads = 1

    package init() {}
}

/// Why the data plane does not listen.
package enum DataPlaneError: Error, Sendable {
    case cannotListen(on: String, reason: String)
}

/// The HTTP/1.1 server callers speak to.
package final class DataPlane: Sendable {
    let services: Services
    let group: MultiThreadedEventLoopGroup
    private let settings: DataPlaneSettings
    private let listeners = Mutex<[any Channel]>([])
    private let connections = ConnectionRegister()
    private let credentials: CredentialCache
    private let subjects: SubjectCache
    let turnstile: Turnstile

    /// Of the snapshot whose limits hold for calls that wait.
    let limitGeneration = Atomic<UInt64>(0)
    private let connecting: ConnectDesk
    private let journalTurns: JournalTurns

    package init(_ settings: DataPlaneSettings, services: Services) {
        self.settings = settings
        self.services = services
        credentials = CredentialCache(pseudonyms: services.pseudonyms)
        subjects = SubjectCache(services.limitRules, services.custody)
        turnstile = Turnstile(services)
        connecting = ConnectDesk(services, credentials, turnstile)
        connecting.listens(on: settings.host, port: settings.port)
        group = MultiThreadedEventLoopGroup(numberOfThreads: settings.threads)
        journalTurns = JournalTurns(services.journal, on: group)
    }

    /// Binds and begins to serve. Returns the bound TCP port.
    package func start() async throws(DataPlaneError) -> Int {
        // Accepting begins before the port is known, so the first connection may ask for the rules before they are made.
        let pipeline = PipelineSlot()
        let host = settings.host
        let tcp = try await listen(on: "\(host):\(settings.port)", pipeline) { [settings] bootstrap in
            try await bootstrap.bind(host: host, port: settings.port).get()
        }
        let port = tcp.localAddress?.port ?? settings.port
        pipeline.fill(makePipeline(port: port, isUnixSocket: false))
        connecting.listens(on: host, port: port)
        if let path = settings.unixSocket {
            let pipeline = PipelineSlot()
            pipeline.fill(makePipeline(port: port, isUnixSocket: true))
            do {
                _ = try await listen(on: path, pipeline) { bootstrap in
                    try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
                }
            } catch {
                tcp.close(promise: nil)
                throw error
            }
        }
        connecting.startChecking(on: group.next())
        return port
    }

    /// Stops accepting, lets calls in flight end, closes idle connections. After `limit` calls still running are ended as
    /// failures, so that each is answered and recorded, and what is left of connections then is cut.
    package func drain(within limit: Duration) async {
        connecting.stopChecking()
        for listener in listeners.withLock({ $0 }) { try? await listener.close() }
        turnstile.close(turnsAfter: limit)
        connections.drain()
        await connections.allClosed(before: .now() + TimeAmount(limit), on: group.next())
        turnstile.close()
        await endTransfers()
        await connections.allClosed(before: .now() + Self.lastAnswerTime, on: group.next())
        connections.closeAll()
    }

    /// For the answers of calls that were ended.
    private static let lastAnswerTime = TimeAmount.seconds(2)

    private func endTransfers() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [services] in
                services.upstream.endTransfers()
                continuation.resume()
            }
        }
    }

    /// After `drain`. Ends the threads.
    package func shutDown() async {
        await services.custodyWorker.finish()
        try? await group.shutdownGracefully()
    }

    package var openConnections: Int { connections.count }

    // MARK: Listening

    private func listen(
        on place: String, _ pipeline: PipelineSlot, bind: (ServerBootstrap) async throws -> any Channel
    ) async throws(DataPlaneError) -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                pipeline.whenFilled(on: channel.eventLoop).flatMap { self.configure(channel, $0) }
            }
        do {
            let channel = try await bind(bootstrap)
            listeners.withLock { $0.append(channel) }
            return channel
        } catch {
            throw .cannotListen(on: place, reason: "\(error)")
        }
    }

    func makePipeline(port: Int, isUnixSocket: Bool) -> RequestPipeline {
        RequestPipeline(
            services: services, credentials: credentials, subjects: subjects, turnstile: turnstile,
            connecting: connecting, journalTurns: journalTurns,
            ingress: IngressRules(
                allowedHosts: AllowedHosts(
                    address: settings.host, ports: [port], others: settings.hosts, bare: isUnixSocket),
                callbackHosts: services.connecting.callbackHosts, maximumBody: settings.limits.maximumBody))
    }

    private func configure(_ channel: any Channel, _ pipeline: RequestPipeline) -> EventLoopFuture<Void> {
        guard connections.add(channel, maximum: settings.maximumConnections) else {
            return channel.eventLoop.makeFailedFuture(ChannelError.eof)
        }
        return channel.eventLoop.makeCompletedFuture {
            let connection = ConnectionHandler(pipeline: pipeline, limits: settings.limits)
            try channel.pipeline.syncOperations.addHandlers([
                ArrivalHandler(connection), ByteToMessageHandler(Self.decoder()), connection,
            ])
        }
    }

    private static func decoder() -> HTTPRequestDecoder {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = ConnectionLimits.maximumHeaderFieldBytes
        limits.maxHeaderListSize = ConnectionLimits.maximumHeaderBytes
        limits.maxHeaderFieldCount = ConnectionLimits.maximumHeaderFields
        return HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
    }
}
