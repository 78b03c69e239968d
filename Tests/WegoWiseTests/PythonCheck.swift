// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Runs a Python script with packages the system does not bring along.
enum PythonCheck {
    /// `WEGO_TEST_PYTHON` names the interpreter; the default is the first `python3` of the system.
    static let interpreter = ProcessInfo.processInfo.environment["WEGO_TEST_PYTHON"] ?? "python3"

    /// Runs `script` with `arguments`; gives back what it printed, by line.
    static func lines(_ script: String, _ arguments: [String]) async throws -> [String] {
        let result = try await ChildProcess.run(interpreter, ["-c", script] + arguments)
        if result.errors.contains("ModuleNotFoundError") {
            Issue.record(
                """
                \(interpreter) lacks the Python package openapi-spec-validator 0.9.0. Install it into a virtual \
                environment and name its interpreter in WEGO_TEST_PYTHON.
                """)
        }
        try #require(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }
}
