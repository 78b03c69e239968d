// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads a secret from a file or, named `-`, from standard input. Never from an argument: those are seen by everybody.
struct SecretInput {
    /// What is read, for messages: "secret", "token".
    let subject: String
    let path: String

    /// In bytes; custody's own limit is stricter.
    static let maximumLength = 64 * 1024

    /// One line end at the end is not part of the secret.
    func read() throws(CommandFailure) -> Secret {
        var bytes = try path == "-" ? standardInput() : contents()
        defer { bytes.wipe() }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw failure("is empty") }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw failure("has blanks, line ends or other characters that no secret of WegoWise has")
        }
        return Secret(bytes)
    }

    private var place: String { path == "-" ? "standard input" : path }

    private func failure(_ reason: String) -> CommandFailure {
        CommandFailure(.usage, "The \(subject) in \(place) \(reason).", next: "Give it as one line, and nothing else.")
    }

    private func contents() throws(CommandFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .unavailable, "The \(subject) cannot be read from \(path): \(String(cString: strerror(errno))).",
                next: "Name a readable file, or `-` for standard input.")
        }
        defer { close(descriptor) }
        return try bytes(of: descriptor)
    }

    /// At a terminal a prompt is shown and the typing is not.
    private func standardInput() throws(CommandFailure) -> [UInt8] {
        guard isatty(STDIN_FILENO) == 1 else { return try bytes(of: STDIN_FILENO) }
        let typing = HiddenTyping(terminal: STDIN_FILENO)
        defer {
            typing.end()
            Terminal.write("\n", to: .errors)
        }
        Terminal.write("Type the \(subject) (not shown), then Return: ", to: .errors)
        return try bytes(of: STDIN_FILENO, upToLineEnd: true)
    }

    private func bytes(of descriptor: Int32, upToLineEnd: Bool = false) throws(CommandFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.maximumLength + 1)
        var filled = 0
        while filled < bytes.count, !(upToLineEnd && bytes[..<filled].last == UInt8(ascii: "\n")) {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("cannot be read: \(String(cString: strerror(errno)))") }
            filled += count
        }
        guard filled <= Self.maximumLength else { throw failure("is longer than \(Self.maximumLength) bytes") }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }
}
