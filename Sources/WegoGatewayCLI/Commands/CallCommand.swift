// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane
import Foundation
import StrictJSON

struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Make one signed call for a home user and print the answer.",
        discussion: """
            PATH is the part behind /users/NAME: from /api/v1/ on, with its query. The body of the answer goes to \
            standard output, its status to standard error. The exit code is 0 for statuses below 400, else 2, and 3 if \
            WegoWise could not be reached.

            Examples:
              wego-gateway call alice GET /api/v1/wego_home/building
              wego-gateway call alice POST /api/v1/wego_home/building \\
                --data '{"name": "Home"}'
              wego-gateway call alice POST /api/v1/wego_home/building \\
                --data @building.json
              wego-gateway call alice GET '/api/v1/wego_home/meters?page=2' --json
            """)

    @OptionGroup var request: OperatorRequestArguments
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let body = try request.body()
        let answer = try await AdminConnection.with(global.settings(), sending: true) { admin in
            try await admin.send(.post, ["call"], body: body)
        }
        guard case .number(let text)? = answer["status"]?.kind, let status = Int(text),
            let encoded = answer["body_base64"]?.string, let data = Data(base64Encoded: encoded)
        else { throw CommandFailure(.unavailable, "The gateway's answer is not understood. Is it of another version?") }
        let called = CalledAnswer(status: status, headers: answer["headers"]?.elements ?? [], body: [UInt8](data))
        called.write(asJSON: global.json)
        if called.exitStatus != .done { throw SilentExit(status: called.exitStatus) }
    }
}

/// Which call; shared by `call` and `sign explain`.
struct OperatorRequestArguments: ParsableArguments {
    @Argument(help: "The home user.") var name: String
    @Argument(help: "The method, like GET.") var method: String
    @Argument(help: "The path from /api/v1/ on, with its query.") var path: String
    @Option(help: ArgumentHelp("The body: JSON text, @FILE, or @- for standard input.", valueName: "body"))
    var data: String?
    @OptionGroup var owner: TenantOption

    func body() throws -> JSONTree {
        .members([
            "tenant": .text(owner.tenant), "user": .string(name), "method": .string(method.uppercased()),
            "path": .string(path), "body_base64": .text(try content()?.base64EncodedString()),
        ])
    }

    private func content() throws -> Data? {
        guard let data else { return nil }
        guard data.hasPrefix("@") else { return Data(data.utf8) }
        let file = String(data.dropFirst())
        if file == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
        do {
            return try Data(contentsOf: URL(filePath: file))
        } catch {
            throw CommandFailure(
                .unavailable, "The body cannot be read from \(file).", next: "Name a readable file behind the @.")
        }
    }
}

/// An upstream's answer, or the gateway's own in its place, as it is shown.
struct CalledAnswer {
    let status: Int
    let headers: [JSONValue]
    let body: [UInt8]

    var exitStatus: CommandStatus {
        if status < 400 { return .done }
        let isOwn = header("content-type") == AdminProblem.mediaType && AdminProblem(body: body) != nil
        return isOwn && [502, 503, 504].contains(status) ? .unavailable : .checkFailed
    }

    func header(_ name: String) -> String? {
        headers.first { $0["name"]?.string?.lowercased() == name }?["value"]?.string
    }

    func write(asJSON isJSON: Bool) {
        guard !isJSON else { return Terminal.write(tree.bytes + [UInt8(ascii: "\n")], to: .output) }
        Terminal.write("\(status)\n", to: .errors)
        Terminal.write(body, to: .output)
        if let last = body.last, last != UInt8(ascii: "\n") { Terminal.write("\n", to: .output) }
    }

    /// The body is shown as JSON if it is JSON, else as text.
    private var tree: JSONTree {
        let headers = headers.map { JSONTree($0) }
        let content = (try? JSONDocument.parse(body)).map { JSONTree($0.root) }
        return .members([
            "status": .int(Int64(status)), "headers": .array(headers),
            "body": content ?? .string(String(decoding: body, as: UTF8.self)),
        ])
    }
}
