// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Synchronization

/// Where log lines go: standard error, written by a thread of its own, so that nobody who logs ever waits for a pipe.
///
/// Lines are written whole and in order, several in one write under load. When the reader stalls, lines beyond the
/// limit are dropped and counted; the count is told when it reads again.
final class LogSink: Sendable {
    /// Bytes waiting to be written.
    static let maximumWaiting = 1 << 20

    /// How long lines are gathered into one write. Under load a wake-up and a system call for each line would cost more
    /// than the line.
    static let gatheringTime = DispatchTimeInterval.milliseconds(5)

    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let closing = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let output: @Sendable ([UInt8]) -> Void

    init(output: @escaping @Sendable ([UInt8]) -> Void = { Terminal.write($0, to: .errors) }) {
        self.output = output
        let thread = Thread { [self] in
            while writeBatch() {}
            ended.signal()
        }
        thread.name = "log"
        thread.start()
    }

    /// - Parameter line: with its line end. Never waits.
    func write(_ line: [UInt8]) {
        let isFirst = state.withLock { state in
            guard state.waiting.count + line.count <= Self.maximumWaiting, !state.isClosed else {
                state.dropped += 1
                return false
            }
            state.waiting.append(contentsOf: line)
            return state.waiting.count == line.count
        }
        if isFirst { wake.signal() }
    }

    /// Writes what is waiting, for two seconds at most. Later lines are dropped.
    func close() {
        state.withLock { $0.isClosed = true }
        closing.signal()
        wake.signal()
        _ = ended.wait(timeout: .now() + .seconds(2))
    }

    /// False after the last batch.
    private func writeBatch() -> Bool {
        wake.wait()
        _ = closing.wait(timeout: .now() + Self.gatheringTime)
        let (lines, dropped, isLast) = state.withLock { state in
            defer {
                state.waiting.removeAll(keepingCapacity: state.waiting.count < 64 * 1024)
                state.dropped = 0
            }
            return (state.waiting, state.dropped, state.isClosed)
        }
        if !lines.isEmpty { output(lines) }
        if dropped > 0, !isLast { output(Array("\(dropped) log lines were dropped: nobody read them\n".utf8)) }
        return !isLast
    }
}
