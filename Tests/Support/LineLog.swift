// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// The lines a child has written so far to one of its streams, and a way to wait for the next interesting one.
package final class LineLog: Sendable {
    private struct Content: Sendable {
        var bytes: [UInt8] = []
        var lines: [String] = []
        var isFinished = false
    }

    private let name: String
    private let content = Watched(Content())

    package init(name: String) {
        self.name = name
    }

    /// Complete lines, oldest first.
    package var lines: [String] { content.current.lines }

    /// All bytes so far, as a search for leaked secrets wants them.
    package var bytes: [UInt8] { content.current.bytes }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The first line for which `test` is true, of those written already and those to come.
    package func line(
        _ what: String, within limit: Duration = .seconds(20), where test: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        let found: String? = try await content.wait(for: "\(what) on \(name)", within: limit) { content in
            if let line = content.lines.first(where: test) { return .some(line) }
            return content.isFinished ? .some(nil) : nil
        }
        guard let found else { throw StreamEnded(what: what, stream: name, text: text) }
        return found
    }

    package func firstLine(within limit: Duration = .seconds(20)) async throws -> String {
        try await line("first line", within: limit) { _ in true }
    }

    /// Waits for the other side to close the stream.
    package func finished(within limit: Duration = .seconds(20)) async throws {
        try await content.wait(for: "end of \(name)", within: limit) { $0.isFinished ? () : nil }
    }

    /// Reads `descriptor` to its end on a new thread and closes it.
    func follow(_ descriptor: Int32) {
        Thread.detachNewThread { [content] in
            var buffer = [UInt8](repeating: 0, count: 65536)
            var start = 0
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                content.change { content in
                    content.bytes += buffer[..<count]
                    while let end = content.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
                        content.lines.append(String(decoding: content.bytes[start..<end], as: UTF8.self))
                        start = end + 1
                    }
                }
            }
            close(descriptor)
            content.change { $0.isFinished = true }
        }
    }
}

/// A stream that ended before the awaited line.
package struct StreamEnded: Error, CustomStringConvertible {
    package let what: String
    package let stream: String
    package let text: String

    package var description: String { "\(stream) ended without \(what); it said:\n\(text.suffix(4000))" }
}
