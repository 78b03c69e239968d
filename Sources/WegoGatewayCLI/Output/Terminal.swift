// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

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

    /// Gives up silently when nobody reads any more.
    static func write(_ bytes: [UInt8], to stream: Stream) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return
            }
        }
    }

    static func complain(_ failure: CommandFailure) {
        let lines = failure.what.split(separator: "\n").map { "wego-gateway: \($0)\n" }.joined()
        write(lines + (failure.next.map { "  \($0)\n" } ?? ""), to: .errors)
    }

    static func exit(_ status: CommandStatus) -> Never {
        Glibc.exit(status.rawValue)
    }
}
