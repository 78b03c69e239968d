// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard output and standard error, unbuffered: who reads a pipe sees each line when it is written.
enum Terminal {
    enum Stream: Int32 {
        case output = 1
        case errors = 2
    }

    static func line(_ text: String) {
        write(text + "\n", to: .output)
    }

    static func write(_ text: String, to stream: Stream) {
        write(Array(text.utf8), to: stream)
    }

    /// What standard output does not take is noted, for the end of the command.
    static func write(_ bytes: [UInt8], to stream: Stream) {
        let code = put(bytes, to: stream)
        if stream == .output, let code { lost.withLock { $0 = $0 ?? code } }
    }

    /// What a server says about itself on standard output: it does its work also where that cannot be written.
    static func announce(_ bytes: [UInt8]) {
        _ = put(bytes, to: .output)
    }

    /// - Returns: the error, where something could not be written.
    private static func put(_ bytes: [UInt8], to stream: Stream) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
                continue
            }
            let code = count < 0 ? errno : EIO
            switch code {
            case EINTR: continue
            case EAGAIN: awaitRoom(stream)
            default: return code
            }
        }
        return nil
    }

    /// For whoever has made the descriptor one that does not block.
    private static func awaitRoom(_ stream: Stream) {
        var waiting = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
    }

    // MARK: Output that was lost

    /// The first error of a write to standard output.
    private static let lost = Mutex<Int32?>(nil)

    /// More output would be lost as well: whoever has much of it can stop.
    static var isOutputLost: Bool { lost.withLock { $0 != nil } }

    /// Why the output is not whole. Nil if it is, or if whoever reads it did not want more.
    static var outputFailure: CommandFailure? {
        guard let code = lost.withLock({ $0 }), code != EPIPE else { return nil }
        return CommandFailure(
            .unavailable, "Standard output could not be written: \(String(cString: strerror(code))).",
            next: "What stands there is not whole. Make room, or name another place, and run the command again.")
    }

    /// Sleeps for so many milliseconds. False, at once, when nobody reads standard output any more.
    static func pause(_ milliseconds: Int32) -> Bool {
        // Asked for nothing, poll(2) tells only that the other end is gone.
        var output = pollfd(fd: Stream.output.rawValue, events: 0, revents: 0)
        return poll(&output, 1, milliseconds) <= 0 && !isOutputLost
    }

    static func complain(_ failure: CommandFailure) {
        let lines = failure.what.split(separator: "\n").map { "wego-gateway: \($0)\n" }.joined()
        write(lines + (failure.next.map { "  \($0)\n" } ?? ""), to: .errors)
    }

    static func exit(_ status: CommandStatus) -> Never {
        Glibc.exit(status.rawValue)
    }
}
