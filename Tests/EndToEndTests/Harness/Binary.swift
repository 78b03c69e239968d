// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// The built command, as a user would run it.
enum Binary {
    /// SwiftPM puts products beside the test executable.
    static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("wego-gateway").path
    }()

    /// Runs a command that ends by itself.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await ChildProcess.run(path, arguments, input: input, environment: environment)
    }

    /// The same for commands that have to succeed.
    @discardableResult
    static func succeed(_ arguments: [String], input: String = "") async throws -> String {
        let result = try await run(arguments, input: input)
        guard result.status == 0 else { throw CommandFailed(arguments: arguments, errors: result.errors) }
        return result.output
    }
}

struct CommandFailed: Error, CustomStringConvertible {
    let arguments: [String]
    let errors: String

    var description: String { "wego-gateway \(arguments.joined(separator: " ")) failed: \(errors)" }
}

/// What a server says about itself in its first line on standard output.
struct Announcement: Decodable {
    var listen: String?
    var ops: String?
    var admin: String?
    var url: String?

    init(_ line: String) throws {
        self = try JSONDecoder().decode(Announcement.self, from: Data(line.utf8))
    }

    static func port(_ address: String?) throws -> Int {
        guard let port = address?.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw CommandFailed(arguments: ["serve"], errors: "no port in the announced address \(address ?? "-")")
        }
        return port
    }
}
