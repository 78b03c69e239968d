// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Synchronization

/// A child process with its output captured. It cannot outlive the test process: the kernel kills it then.
package final class ChildProcess: Sendable {
    package let identifier: pid_t
    package let output: LineLog
    package let errors: LineLog
    private let input: Watched<Int32?>
    private let status: Watched<Int32?>
    private let coreFlag: Watched<Bool>

    /// Starts `executable`. The environment is exactly `environment` plus PATH: nothing is inherited.
    package init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws {
        let name = URL(fileURLWithPath: executable).lastPathComponent
        let (inputRead, inputWrite) = try makePipe()
        let (outputRead, outputWrite) = try makePipe()
        let (errorRead, errorWrite) = try makePipe()
        let spawn = Spawn(
            command: ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--", executable] + arguments,
            environment: environment.merging(["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"]) { own, _ in own },
            descriptors: [inputRead, outputWrite, errorWrite])
        let status = Watched<Int32?>(nil)
        let coreFlag = Watched(false)
        let started = Watched<Swift.Result<pid_t, SystemCallFailure>?>(nil)
        // The kernel ties "death of the parent" to the thread that spawned, so the thread that waits must also spawn.
        Thread.detachNewThread {
            let result = spawn.run()
            started.change { $0 = result }
            if case .success(let identifier) = result {
                waitForEnd(of: identifier)
                let ended = reap(identifier)
                coreFlag.change { $0 = ended.hasLeftCore }
                status.change { $0 = ended.status }
            }
        }
        let result = try await started.wait(for: "start of \(name)") { $0 }
        for descriptor in [inputRead, outputWrite, errorWrite] { close(descriptor) }
        output = LineLog(name: "standard output of \(name)")
        errors = LineLog(name: "standard error of \(name)")
        output.follow(outputRead)
        errors.follow(errorRead)
        input = Watched(inputWrite)
        self.status = status
        self.coreFlag = coreFlag
        identifier = try result.get()
    }

    deinit {
        closeInput()
        send(signal: SIGKILL)
    }

    package var isRunning: Bool { status.current == nil }

    /// Whether the kernel wrote its memory out when it ended.
    package var hasLeftCore: Bool { coreFlag.current }

    /// Nothing happens when the child is gone: its number may belong to somebody else by now.
    package func send(signal: Int32) {
        status.change { if $0 == nil { kill(identifier, signal) } }
    }

    package func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard let descriptor = input.current, Foundation.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw SystemCallFailure("write to child", code: errno)
        }
    }

    package func closeInput() {
        input.change { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    /// Waits for the end: the exit code, or 128 plus the signal that killed it. All output has been read then.
    package func exitStatus(within limit: Duration = .seconds(20)) async throws -> Int32 {
        let result = try await status.wait(for: "end of process \(identifier)", within: limit) { $0 }
        try await output.finished(within: limit)
        try await errors.finished(within: limit)
        return result
    }

    /// Runs a command to its end. Standard input is `input`, then closed.
    package static func run(
        _ executable: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:],
        within limit: Duration = .seconds(60)
    ) async throws -> (status: Int32, output: String, errors: String) {
        let child = try await ChildProcess(executable, arguments, environment: environment)
        if !input.isEmpty { try child.write(input) }
        child.closeInput()
        let status = try await child.exitStatus(within: limit)
        return (status, child.output.text, child.errors.text)
    }
}

/// What posix_spawn needs, as a value that can cross to the spawning thread.
private struct Spawn: Sendable {
    let command: [String]
    let environment: [String: String]
    let descriptors: [Int32]

    /// More descriptors than a test process has open; closing one that is not open is no error.
    private static let descriptorLimit: Int32 = 1024

    func run() -> Swift.Result<pid_t, SystemCallFailure> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }
        // Sockets of servers under test are not close-on-exec; a copy in a child would keep closed connections open.
        for descriptor in 3..<Self.descriptorLimit { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Thread pools block signals; a child that inherited that could not be terminated politely.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var identifier = pid_t()
        let code = inheritance.withLock { _ in
            posix_spawn(&identifier, command[0], &actions, &attributes, arguments, variables)
        }
        return code == 0 ? .success(identifier) : .failure(SystemCallFailure("spawn \(command)", code: code))
    }
}

/// Held while a pipe is made private and while a child is spawned: a child that inherited the ends of another one's
/// pipes would keep them open, and the end of that other child's output would never be seen.
private let inheritance = Mutex(())

private func makePipe() throws -> (read: Int32, write: Int32) {
    try inheritance.withLock { _ in
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemCallFailure("pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

/// Leaves the child to be reaped, so that its number stays taken until `status` is known.
private func waitForEnd(of identifier: pid_t) {
    var information = siginfo_t()
    while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
}

private func reap(_ identifier: pid_t) -> (status: Int32, hasLeftCore: Bool) {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return (signal == 0 ? (status >> 8) & 0xff : 128 + signal, signal != 0 && status & 0x80 != 0)
}
