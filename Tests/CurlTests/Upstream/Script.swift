// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore

/// What the server does on one connection, step by step.
enum Step: Sendable {
    /// Waits for one whole request and answers it.
    case answer(@Sendable (ReceivedRequest) -> String)
    /// Waits for one whole request.
    case receive
    case send(String)
    /// As `send`, one byte at a time, with a pause behind each.
    case drip(String)
    /// Waits until the test opens the gate.
    case wait(Gate)
    /// TLS farewell and end of the stream.
    case close
    /// The end of the stream without a TLS farewell.
    case cut
    /// A TCP reset.
    case reset
    /// Starts the connection's script again.
    case again
    /// Says nothing more and reads what comes.
    case silence

    static func receiveAndSend(_ text: String) -> Step { .answer { _ in text } }

    /// An answer that says which request it belongs to.
    static let echo = Step.answer { Answers.text($0.target) }
}

/// Answers as they stand on the wire.
enum Answers {
    static func text(_ body: String, fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

/// Something the test does and connections wait for.
final class Gate: Sendable {
    private let promise: EventLoopPromise<Void>

    init() {
        promise = Loops.server.next().makePromise()
    }

    func open() {
        promise.succeed()
    }

    func whenOpen(on eventLoop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        promise.futureResult.hop(to: eventLoop).whenSuccess(body)
    }

    deinit {
        promise.succeed()
    }
}

/// One request as it arrived.
struct ReceivedRequest: Sendable {
    let connection: Int
    /// Request line and fields, with line ends, without the empty line.
    let head: String
    let body: [UInt8]

    var line: String { String(head.prefix { $0 != "\r\n" }) }
    var method: String { String(line.split(separator: " ")[0]) }
    var target: String { String(line.split(separator: " ")[1]) }

    /// Values of all fields of that name.
    func values(_ name: String) -> [String] {
        head.split(separator: "\r\n").dropFirst().compactMap { field in
            let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { return nil }
            return parts[1].drop { $0 == " " }.description
        }
    }

    /// The first request in `bytes` and how many of them it is; nil when it is not whole.
    static func parse(_ bytes: [UInt8], connection: Int) -> (request: ReceivedRequest, count: Int)? {
        let end = Array("\r\n\r\n".utf8)
        guard let empty = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let head = ReceivedRequest(
            connection: connection, head: String(decoding: bytes[..<(empty + 2)], as: UTF8.self), body: [])
        let start = empty + 4
        let length = head.values("Content-Length").first.flatMap { Int($0) } ?? 0
        guard bytes.count >= start + length else { return nil }
        let body = Array(bytes[start..<(start + length)])
        return (ReceivedRequest(connection: connection, head: head.head, body: body), start + length)
    }
}
