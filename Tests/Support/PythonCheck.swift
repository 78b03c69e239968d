// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// Runs Python with packages the system does not bring along.
package enum PythonCheck {
    /// `WEGO_TEST_PYTHON` names the interpreter; the default is the first `python3` of the system.
    package static let interpreter = ProcessInfo.processInfo.environment["WEGO_TEST_PYTHON"] ?? "python3"

    /// Runs `script` with `arguments`; gives back what it printed, by line.
    package static func lines(
        _ script: String, _ arguments: [String], within limit: Duration = .seconds(60)
    ) async throws -> [String] {
        let result = try await ChildProcess.run(interpreter, ["-c", script] + arguments, within: limit)
        guard result.status == 0 else { throw PythonFailed(errors: result.errors) }
        return result.output.split(separator: "\n").map(String.init)
    }

    /// Accepts an OpenAPI document that a public validator finds no fault with.
    package static func validateOpenAPI(_ path: String) async throws -> Bool {
        try await lines(openAPIValidator, [path]) == ["valid"]
    }

    private static let openAPIValidator = """
        import json, sys
        from openapi_spec_validator import validate, OpenAPIV31SpecValidator
        validate(json.load(open(sys.argv[1])), cls=OpenAPIV31SpecValidator)
        print("valid")
        """
}

package struct PythonFailed: Error, CustomStringConvertible {
    let errors: String

    package var description: String {
        guard errors.contains("ModuleNotFoundError") || errors.contains("No module named") else { return errors }
        return """
            \(PythonCheck.interpreter) lacks a package: \(errors)
            deploy/test installs openapi-spec-validator and schemathesis into .build/test-python. Name another \
            environment's interpreter in WEGO_TEST_PYTHON.
            """
    }
}
