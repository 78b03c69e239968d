// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// strace at work on a running process: it ends the process, or lets a call of it fail, at a chosen system call.
///
/// Counts begin when it is attached and are kept for each thread. Where tracing is not permitted, attaching fails and
/// the test with it.
struct Tracer: Sendable {
    private let strace: ChildProcess
    private let log: String

    /// - Parameters:
    ///   - injections: As strace takes them: `pwrite64:signal=SIGKILL:when=3`.
    ///   - thread: How the name of the threads begins that are meant; nil for all.
    ///   - paths: Only calls on these files are meant; all for none.
    init(
        on process: ChildProcess, _ injections: [String], thread: String? = nil, paths: [String] = [],
        in directory: TemporaryDirectory
    ) async throws {
        log = directory.file("strace-\(UUID().uuidString)")
        let names = injections.map { String($0.prefix { $0 != ":" }) }.joined(separator: ",")
        strace = try await ChildProcess(
            "/usr/bin/strace",
            try Self.target(process, thread) + ["-o", log, "-e", "trace=\(names)", "-e", "signal=none"]
                + injections.flatMap { ["-e", "inject=\($0)"] } + paths.flatMap { ["-P", $0] })
        _ = try await strace.errors.line("attachment (is tracing permitted here?)") { $0.contains("attached") }
    }

    private static func target(_ process: ChildProcess, _ thread: String?) throws -> [String] {
        guard let thread else { return ["-f", "-p", "\(process.identifier)"] }
        let tasks = "/proc/\(process.identifier)/task"
        let named = try FileManager.default.contentsOfDirectory(atPath: tasks).filter { task in
            (try? String(contentsOfFile: "\(tasks)/\(task)/comm", encoding: .utf8))?.hasPrefix(thread) ?? false
        }
        return named.flatMap { ["-p", $0] }
    }

    /// Lets go of the process. A signal that was injected has been sent when this returns.
    func detach() async throws {
        strace.send(signal: SIGINT)
        do {
            _ = try await strace.exitStatus(within: .seconds(5))
        } catch is TimedOut {
            // It waits for a process to stop that is dying already; the kernel detaches what a dead tracer traced.
            strace.send(signal: SIGKILL)
            _ = try await strace.exitStatus()
        }
    }

    /// The calls that were made to fail.
    func injected() throws -> Int {
        try String(contentsOfFile: log, encoding: .utf8).components(separatedBy: "(INJECTED)").count - 1
    }
}
