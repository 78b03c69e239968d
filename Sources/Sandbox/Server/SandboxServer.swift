// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import Secrets
import ServiceLifecycle
import Synchronization

/// A strict stand-in for WegoWise on a loopback port: OAuth 1.0 provider and the API with state, in memory only.
package final class SandboxServer: Sendable {
    private enum State {
        case idle
        /// Leads to `running`, or to `stopped` if the port cannot be had.
        case starting
        case running(ServiceGroup, Task<Void, any Error>)
        case stopped
    }

    private let configuration: SandboxConfiguration
    private let state = Mutex(State.idle)

    package init(configuration: SandboxConfiguration) { self.configuration = configuration }

    /// Returns when the port is open and all files are written. Throws `SandboxError`. A server starts once.
    package func start() async throws -> SandboxAddress {
        try configuration.validate()
        try state.withLock { state in
            guard case .idle = state else { throw SandboxError.alreadyRunning }
            state = .starting
        }
        do {
            let tls = try prepareFiles()
            let port = try await listen(tls)
            let host = configuration.host == "::1" ? "[::1]" : configuration.host
            let address = SandboxAddress(
                url: "\(configuration.tls ? "https" : "http")://\(host):\(port)", port: port,
                caFile: tls == nil ? nil : caFiles.first)
            try credentialDirectory?.write(address: address)
            return address
        } catch {
            await stop()
            state.withLock { $0 = .stopped }
            throw error
        }
    }

    /// Lets requests in progress finish, closes the port and returns. Does nothing unless running.
    package func stop() async {
        guard let (group, task) = takeRunning() else { return }
        credentialDirectory?.removeAddress()
        await group.triggerGracefulShutdown()
        _ = await task.result
    }

    /// Starts, calls `onReady`, and returns after a graceful shutdown or when the surrounding task is cancelled.
    /// Throws if the server ends by itself.
    package func run(onReady: @Sendable (SandboxAddress) -> Void = { _ in }) async throws {
        onReady(try await start())
        guard let task = state.withLock({ if case .running(_, let task) = $0 { task } else { nil } }) else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await task.value }
            group.addTask { try? await gracefulShutdown() }
            let ending = await group.nextResult()
            await stop()
            group.cancelAll()
            try ending?.get()
        }
    }

    private func takeRunning() -> (ServiceGroup, Task<Void, any Error>)? {
        state.withLock { state in
            guard case .running(let group, let task) = state else { return nil }
            state = .stopped
            return (group, task)
        }
    }
}

// MARK: - Starting

extension SandboxServer {
    private var caFiles: [String] {
        [configuration.caFile, credentialDirectory?.caFile].compactMap { $0 }
    }

    private var credentialDirectory: CredentialDirectory? {
        configuration.credentialDirectory.map(CredentialDirectory.init)
    }

    private func prepareFiles() throws(SandboxError) -> TLSConfiguration? {
        credentialDirectory?.removeAddress()
        try credentialDirectory?.write(configuration)
        guard configuration.tls else { return nil }
        let authority: SandboxAuthority
        do {
            authority = try SandboxAuthority(now: Date())
        } catch {
            throw .certificate(reason: "\(error)")
        }
        for path in caFiles { try PrivateFile.write(Secret(utf8: authority.authorityPEM), to: path, mode: 0o644) }
        return authority.server
    }

    /// The bound port.
    private func listen(_ tls: TLSConfiguration?) async throws -> Int {
        let responder = SandboxResponder(configuration)
        let (ports, port) = AsyncThrowingStream.makeStream(of: Int.self)
        let application = Application(
            responder: responder,
            server: try server(tls, onStray: responder.noteStrayWrite),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.limits.maximumConnections)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: configuration.logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: application)], logger: configuration.logger))
        let task = Task {
            do {
                try await group.run()
                port.finish()
            } catch {
                port.finish(throwing: error)
                throw error
            }
        }
        do {
            for try await bound in ports {
                state.withLock { $0 = .running(group, task) }
                return bound
            }
            throw CancellationError()
        } catch {
            throw SandboxError.cannotListen(
                address: "\(configuration.host):\(configuration.port)", reason: "\(error)")
        }
    }

    private func server(
        _ tls: TLSConfiguration?, onStray: @escaping @Sendable () -> Void
    ) throws -> HTTPServerBuilder {
        let limits = configuration.limits
        let strayDelay = TimeAmount(limits.strayDelay)
        let http = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [WireFaultHandler(strayDelay: strayDelay, onStray: onStray)],
                idleTimeout: TimeAmount(limits.idleTimeout),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.maximumRequestHead, maxHeaderListSize: limits.maximumRequestHead)))
        return try tls.map { try .tls(http, tlsConfiguration: $0) } ?? http
    }
}
