// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How far something long is, on one line of standard error; nothing where that is no terminal.
final class ProgressBar: Sendable {
    private let title: String
    private let isShown: Bool
    private let last = Mutex("")

    private static let width = 30

    init(_ title: String, isTerminal: Bool = isatty(STDERR_FILENO) == 1) {
        self.title = title
        isShown = isTerminal
    }

    /// - Parameter whole: as much as it will be; of a compressed journal less than it turns out to be.
    func show(_ done: Int, of whole: Int) {
        draw(Self.line(title, done, of: whole))
    }

    func show(count: Int, of what: String) {
        if count > 0 { draw("\(title): \(count) \(what)") }
    }

    static func line(_ title: String, _ done: Int, of whole: Int) -> String {
        let share = whole > 0 ? min(1, Double(done) / Double(whole)) : 1
        let filled = Int(share * Double(width))
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: width - filled)
        return "\(title) [\(bar)] \(Int(share * 100)) %"
    }

    /// Takes the line away again.
    func end() {
        let drawn = last.withLock { last in
            defer { last = "" }
            return last
        }
        if !drawn.isEmpty { Terminal.write("\r" + String(repeating: " ", count: drawn.count) + "\r", to: .errors) }
    }

    private func draw(_ text: String) {
        guard isShown,
            last.withLock({ last in
                guard last != text else { return false }
                last = text
                return true
            })
        else { return }
        Terminal.write("\r" + text, to: .errors)
    }
}
