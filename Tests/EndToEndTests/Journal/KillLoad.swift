// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// Clients that call one gateway process until it is gone, and remember every answer they got.
///
/// Each call carries a query parameter with a name of its own. The upstream reports that name, and the intent in the
/// journal lists it; so a request on the wire and a record belong together one to one. An answer and its records have
/// the request id in common.
struct KillLoad: Sendable {
    struct Answer: Sendable {
        let word: String
        let status: Int
        let requestID: String?
        /// Made by the gateway because the journal did not record.
        var isRefusal = false
    }

    struct Target: Sendable {
        let method: String
        let path: String
        let caller: String
    }

    static let targets = [
        Target(method: "GET", path: "/users/alice/oauth/user", caller: "acme/backend"),
        Target(method: "GET", path: "/users/alice/api/v1/magic/delay/15", caller: "acme/reader"),
        Target(method: "POST", path: "/users/bob.b@example-1/api/v1/wego_home/notes", caller: "acme/bobs"),
        Target(method: "GET", path: "/users/bob.b@example-1/api/v1/wego_home/meters", caller: "acme/backend"),
        Target(method: "POST", path: "/users/gina/api/v1/magic/delay/15", caller: "globex/backend"),
        Target(method: "PUT", path: "/users/alice/api/v1/magic/status/404", caller: "acme/backend"),
    ]

    let deployment: Deployment
    let answers = Watched<[Answer]>([])

    /// Ends when the gateway on `port` does, or after `calls` on each connection.
    func run(connections: Int, calls: Int = .max, port: Int, seed: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<connections {
                group.addTask { await converse(calls, port: port, random: SeededGenerator(seed &+ UInt64(number))) }
            }
        }
    }

    /// One connection after the other, since some answers close theirs.
    private func converse(_ calls: Int, port: Int, random: SeededGenerator) async {
        var (random, left) = (random, calls)
        while left > 0, let connection = try? RawConnection.tcp(port: port) {
            var isOpen = true
            while left > 0, isOpen {
                left -= 1
                isOpen = await call(Self.targets.randomElement(using: &random) ?? Self.targets[0], on: connection, port)
            }
        }
    }

    private func call(_ target: Target, on connection: RawConnection, _ port: Int) async -> Bool {
        // The journal has the trace, the upstream sees the parameter.
        let trace = uniqueTrace()
        var call = Call(method: target.method, target: "\(target.path)?\(trace.id)=1", caller: target.caller)
        call.host = "127.0.0.1:\(port)"
        call.headers = [trace.header]
        if target.method != "GET" {
            call.headers.append(("Content-Type", "application/json"))
            call.body = Array("{}".utf8)
        }
        guard (try? await connection.send(deployment.bytes(of: call))) != nil,
            let response = try? await connection.response()
        else { return false }
        let answer = Answer(
            word: trace.id, status: response.status, requestID: response.header("wego-gateway-request-id"),
            isRefusal: response.status == 503 && response.header("wego-gateway-error-source") == "gateway")
        answers.change { $0.append(answer) }
        return response.header("connection")?.lowercased() != "close"
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
