// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// A Hummingbird server at one configured place, run until graceful shutdown.
package struct ListeningService: Service {
    // Hummingbird's own lines tell nothing that our errors do not, and it calls every early end an error.
    private let key: String
    private let place: String
    private let server: any Service
    private let prepare: @Sendable () throws(ListenError) -> Void
    private let cleanUp: @Sendable () -> Void

    package func run() async throws {
        try prepare()
        defer { cleanUp() }
        do {
            try await server.run()
        } catch let error as IOError {
            throw ListenError(key: key, place: place, error: error)
        }
    }
}

extension ListeningService: CustomStringConvertible {
    package var description: String { key }
}

extension ListeningService {
    /// While there are as many, further ones wait in the accept queue.
    private static let maximumConnections = 64
    private static let idleTimeout = TimeAmount.seconds(30)

    /// The operator's listener. Only the owner of the process may open it.
    /// - Parameter onRunning: called once it accepts connections.
    package static func admin(
        _ api: AdminAPI, socket path: String, key: String, onRunning: @escaping @Sendable () async -> Void
    ) -> ListeningService {
        let application = Application(
            router: api.router(), server: .http1(configuration: .init(idleTimeout: idleTimeout)),
            configuration: configuration(.unixDomainSocket(path: path)),
            onServerRunning: { _ in
                SocketFile.restrict(path)
                await onRunning()
            }, logger: .silent)
        return ListeningService(
            key: key, place: path, server: application,
            prepare: { () throws(ListenError) in try SocketFile.prepare(path, key: key) },
            cleanUp: { SocketFile.remove(path) })
    }

    /// Probes and metrics.
    /// - Parameter onRunning: called with the bound port once it accepts connections.
    package static func ops(
        _ api: OpsAPI, host: String, port: Int, key: String,
        onRunning: @escaping @Sendable (Int) async -> Void
    ) -> ListeningService {
        let application = Application(
            router: api.router(), server: .http1(configuration: .init(idleTimeout: idleTimeout)),
            configuration: configuration(.hostname(host, port: port)),
            onServerRunning: { await onRunning($0.localAddress?.port ?? port) }, logger: .silent)
        return ListeningService(
            key: key, place: "\(host.contains(":") ? "[\(host)]" : host):\(port)", server: application,
            prepare: { () throws(ListenError) in }, cleanUp: {})
    }

    private static func configuration(_ address: BindAddress) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: address, serverName: nil,
            availableConnectionsDelegate: MaximumAvailableConnections(maximumConnections))
    }
}
