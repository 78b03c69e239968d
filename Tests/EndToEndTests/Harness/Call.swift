// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// One request to the data plane, spelled out.
struct Call: Sendable {
    var method = "GET"
    var target: String
    /// "tenant/caller", for its key in `Authorization`.
    var caller: String? = "acme/backend"
    var host: String?
    var headers: [(String, String)] = []
    var body: [UInt8]?

    static func get(_ target: String, as caller: String? = "acme/backend", _ headers: [(String, String)] = []) -> Call {
        Call(target: target, caller: caller, headers: headers)
    }

    static func json(_ method: String, _ target: String, _ body: String, as caller: String? = "acme/backend") -> Call {
        Call(
            method: method, target: target, caller: caller, headers: [("Content-Type", "application/json")],
            body: Array(body.utf8))
    }
}

extension Deployment {
    /// The bytes of a call. Host, key and length are added, everything else is as the call says.
    func bytes(of call: Call) -> [UInt8] {
        var head = "\(call.method) \(call.target) HTTP/1.1\r\nHost: \(call.host ?? "127.0.0.1:\(port)")\r\n"
        if let caller = call.caller { head += "Authorization: Bearer \(keys[caller] ?? caller)\r\n" }
        for (name, value) in call.headers { head += "\(name): \(value)\r\n" }
        if let body = call.body { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + (call.body ?? [])
    }

    func connect() throws -> RawConnection { try .tcp(port: port) }

    /// Makes a call on a connection of its own.
    func send(_ call: Call, within limit: Duration = .seconds(30)) async throws -> RawResponse {
        let connection = try connect()
        try await connection.send(bytes(of: call))
        return try await connection.response(toHead: call.method == "HEAD", within: limit)
    }

    /// A call that has to reach the upstream: its answer is what the upstream saw.
    func forward(_ call: Call) async throws -> (response: RawResponse, record: UpstreamRecord) {
        let response = try await send(call)
        guard response.status == 200 else { throw Unforwarded(response: response) }
        return (response, try UpstreamRecord(response.body))
    }

    /// Asks an ops endpoint.
    func ops(_ path: String) async throws -> RawResponse {
        let connection = try RawConnection.tcp(port: opsPort)
        try await connection.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(opsPort)\r\n\r\n")
        return try await connection.response()
    }
}

struct Unforwarded: Error, CustomStringConvertible {
    let response: RawResponse

    var description: String { "answered \(response.status): \(response.bodyText)" }
}

/// A word that nothing else contains.
func uniqueMark() -> String {
    "mark-" + UUID().uuidString.lowercased()
}
