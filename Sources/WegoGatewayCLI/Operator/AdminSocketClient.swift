// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import AsyncHTTPClient
import ControlPlane
import Foundation
import Hummingbird
import NIOCore
import NIOHTTP1

/// Speaks HTTP to a running gateway over its admin socket.
struct AdminSocketClient: Sendable {
    private let client: HTTPClient
    private let path: String

    /// Of one answer: the largest upstream body in base64, and some.
    static let maximumAnswer = 2 << 30

    init(path: String) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.path = path
    }

    func perform(
        method: HTTPRequest.Method, target: String, body: [UInt8], timeout: Duration
    ) async throws -> AdminAnswer {
        guard let url = URL(httpURLWithSocketPath: path, uri: target) else {
            throw CommandFailure(.unavailable, "admin.unix_socket: \(path) is no path that can be dialled.")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = HTTPMethod(rawValue: method.rawValue)
        if !body.isEmpty { request.body = .bytes(body) }
        do {
            let response = try await client.execute(request, timeout: TimeAmount(timeout))
            let buffer = try await response.body.collect(upTo: Self.maximumAnswer)
            return AdminAnswer(status: Int(response.status.code), body: Array(buffer.readableBytesView))
        } catch {
            throw CommandFailure(
                .unavailable, "The gateway did not answer on \(path): \(error).",
                next: "See its log; if it hangs, stop it and run the command again.")
        }
    }

    func close() async {
        try? await client.shutdown()
    }
}
