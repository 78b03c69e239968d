// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import StrictJSON

struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Look at signatures without sending anything.",
        subcommands: [Explain.self])

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how a call would be signed, step by step (RFC 5849); secrets are never shown.",
            discussion: """
                Compare the signature base string with the one the other side computes: the first difference is the \
                cause of an invalid signature.

                Example:
                  wego-gateway sign explain alice GET '/api/v1/wego_home/meters?page=2'
                """)

        @OptionGroup var request: OperatorRequestArguments
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let body = try request.body()
            let explanation = try await AdminConnection.with(global.settings(), sending: true) { admin in
                try await admin.send(.post, ["sign-explain"], body: body)
            }
            if global.json { return global.output.show(explanation) }
            Terminal.write(Self.text(explanation), to: .output)
        }

        static func text(_ explanation: JSONValue) -> String {
            func member(_ name: String) -> String { explanation[name]?.string ?? "" }
            let parameters = (explanation["parameters"]?.elements ?? []).map { parameter in
                "  \(parameter["name"]?.string ?? "")=\(parameter["value"]?.string ?? "")\n"
            }
            return """
                Method (RFC 5849 section 3.4.1.1): \(member("method"))
                Signature method: \(member("signature_method"))
                Base string URI (section 3.4.1.2): \(member("base_string_uri"))
                Parameters, encoded and sorted (section 3.4.1.3):
                \(parameters.joined())Signature base string (section 3.4.1):
                  \(member("base_string"))
                Authorization header (section 3.5.1):
                  \(member("header"))

                """
        }
    }
}
