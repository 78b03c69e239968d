// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// Makes a system call of a running process fail or wait, as a bad disk would, by means of strace(1).
final class SystemCallFault: Sendable {
    private let strace: ChildProcess

    /// Returns when it is in force.
    /// - Parameters:
    ///   - fault: as strace has it: `fdatasync:error=EIO:when=2`. The count is per thread.
    ///   - paths: the files meant; all if there are none.
    init(_ fault: String, in process: ChildProcess, on paths: [String] = []) async throws {
        let call = fault.prefix { $0 != ":" }
        strace = try await ChildProcess(
            "/usr/bin/strace",
            ["-f", "-p", "\(process.identifier)", "-e", "trace=\(call)", "-e", "inject=\(fault)"]
                + paths.flatMap { ["-P", $0] })
        _ = try await strace.errors.line("a word that strace is attached") { $0.contains("attached") }
    }

    /// Waits until the fault has struck.
    func struck() async throws {
        _ = try await strace.errors.line("an injected fault") { Self.isInjected($0) }
    }

    /// All is well from here on.
    /// - Returns: how often it struck.
    @discardableResult
    func end() async throws -> Int {
        strace.send(signal: SIGINT)
        _ = try await strace.exitStatus()
        return strace.errors.lines.count(where: Self.isInjected)
    }

    /// For a process that was killed: strace may wait for one of its threads for ever.
    func abandon() { strace.send(signal: SIGKILL) }

    private static func isInjected(_ line: String) -> Bool { line.contains("(INJECTED)") || line.contains("(DELAYED)") }
}
