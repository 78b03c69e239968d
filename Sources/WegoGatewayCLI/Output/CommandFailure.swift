// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import AuditIndex
import ControlPlane
import Curl
import Custody
import Sandbox
import Secrets
import Settings

/// Why a command could not do its work: one line on what happened, one on what to do next.
struct CommandFailure: Error, Equatable {
    let status: CommandStatus
    let what: String
    let next: String?

    init(_ status: CommandStatus, _ what: String, next: String? = nil) {
        self.status = status
        self.what = what
        self.next = next
    }

    /// - Parameter explanation: what happened; then, as sentences of their own, what to do next.
    init(_ status: CommandStatus, explanation: String) {
        guard let end = explanation.firstRange(of: ". ") else {
            self.init(status, explanation)
            return
        }
        self.init(status, String(explanation[..<end.lowerBound]) + ".", next: String(explanation[end.upperBound...]))
    }
}

extension CommandFailure {
    /// The one table from errors to what the user reads. Nil for errors of the argument parser.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as SettingsError: self.init(error)
        case let error as CustodyError: self.init(AdminProblem(error))
        case let problem as AdminProblem: self.init(problem)
        case let error as KeyRingError: self.init(.unavailable, explanation: "master_key: \(error.explanation)")
        case let error as SecretReferenceError: self.init(.unavailable, explanation: "master_key: \(error.explanation)")
        case let error as JournalOpenError: self.init(error)
        case let error as AuditIndexError: self.init(error)
        case let error as ListenError: self.init(.unavailable, explanation: error.explanation)
        case let error as SandboxError: self.init(error)
        default: return nil
        }
    }

    init(_ error: SettingsError) {
        switch error {
        case .invalid(let problems):
            self.init(
                .usage, problems.map(\.description).joined(separator: "\n"),
                next: "Correct the configuration; `wego-gateway config show --describe` explains every key.")
        case .unreadable(let file, let reason):
            self.init(
                .unavailable, "The configuration file \(file) cannot be used: \(reason).",
                next: "Name another one with --config FILE, or create one with `wego-gateway init`.")
        }
    }

    init(_ problem: AdminProblem) {
        // 501 speaks of what was asked for, not of the gateway's health.
        let isAboutRequest = problem.status < 500 || problem.status == 501
        let status: CommandStatus =
            problem.kind == AdminProblem.tamperedKind ? .checkFailed : isAboutRequest ? .usage : .unavailable
        self.init(status, explanation: problem.detail)
    }

    init(_ error: EngineError) {
        switch error {
        case .unsuitableLibrary(let version):
            self.init(
                .unavailable, "This machine's libcurl cannot be used: \(version).",
                next: "Install libcurl 7.80 or newer, built with OpenSSL and a threaded resolver.")
        case .unreadableCAFile(let path):
            self.init(
                .unavailable, "upstream.ca_file: there is no readable file at \(path).",
                next: "Correct the path, or remove the key to trust the system's authorities.")
        case .outOfMemory:
            self.init(
                .unavailable, "The upstream engine cannot be made: out of memory.", next: "Free some and try again.")
        }
    }

    private init(_ error: SandboxError) {
        switch error {
        case .notLoopback, .badPort, .badTimestampWindow, .badUsername, .repeatedUsername, .alreadyRunning:
            self.init(.usage, "sandbox: \(error.explanation)")
        case .cannotListen, .cannotWrite, .cannotRead, .certificate:
            self.init(.unavailable, "sandbox: \(error.explanation)")
        }
    }
}
