// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Foundation
import Gateway
import ServiceLifecycle
import Settings

/// The data plane's listeners: up until the shutdown, then drained.
struct DataPlaneService: Service {
    let plane: DataPlane
    let settings: GatewaySettings
    let readiness: Readiness
    let onRunning: @Sendable (Int) -> Void

    func run() async throws {
        if let path = settings.listenSocketPath { try SocketFile.prepare(path, key: "listen.unix_socket") }
        do {
            onRunning(try await plane.start())
        } catch {
            await plane.drain(within: .zero)
            throw Self.listenError(error, settings)
        }
        // Whoever can reach the directory may connect; the caller key decides what for.
        if let path = settings.listenSocketPath { chmod(path, 0o666) }
        readiness.set(.listener, .ready)
        try? await gracefulShutdown()
        await plane.drain(within: settings.shutdown.drainTimeout)
        if let path = settings.listenSocketPath { SocketFile.remove(path) }
    }

    private static func listenError(_ error: DataPlaneError, _ settings: GatewaySettings) -> ListenError {
        switch error {
        case .cannotListen(let place, let reason):
            ListenError(
                key: place == settings.listenSocketPath ? "listen.unix_socket" : "listen.address", place: place,
                reason: reason.contains("Address already in use") ? .inUse : .system(reason))
        }
    }
}
