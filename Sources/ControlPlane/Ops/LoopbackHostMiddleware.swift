// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Hummingbird

/// Answers to the names of this machine only: a web page whose own name was bound to 127.0.0.1 must not read the answers.
/// Any port will do, since such a page cannot choose its name.
struct LoopbackHostMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard Self.isLoopback(request.head.authority) else {
            return AdminProblem(
                status: 421, kind: "host-not-allowed", title: "This server does not answer to that Host.",
                detail: "Use 127.0.0.1, localhost or [::1] in the URL."
            ).response(from: request, context: context)
        }
        return try await next(request, context)
    }

    /// - Parameter host: the value of `Host`, perhaps with a port.
    static func isLoopback(_ host: String?) -> Bool {
        guard let host = host?.lowercased() else { return false }
        let colon = host.lastIndex(of: ":").flatMap { host[$0...].contains("]") ? nil : $0 } ?? host.endIndex
        let (name, port) = (host[..<colon], host[colon...].dropFirst())
        guard port.allSatisfy({ $0.isASCII && $0.isNumber }) else { return false }
        if name == "localhost" || name == "[::1]" { return true }
        let octets = name.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}
