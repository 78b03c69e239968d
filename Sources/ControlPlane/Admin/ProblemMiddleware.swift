// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird
import Logging

/// Turns whatever a handler throws into a problem document.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = AdminContext

    let logger: Logger
    /// Of a request body, in bytes; for the message.
    let maximumBody: Int

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = Self.problem(error, maximumBody)
            if problem.status >= 500 && problem.status != 501 {
                logger.error(
                    "An operation failed.", metadata: ["problem": "\(problem.kind)", "detail": "\(problem.detail)"])
            }
            return problem.response(from: request, context: context)
        }
    }

    /// The stable word for what went wrong.
    static func kind(of error: any Error) -> String { problem(error, 0).kind }

    private static func problem(_ error: any Error, _ maximumBody: Int) -> AdminProblem {
        switch error {
        case let problem as AdminProblem: problem
        case let error as CustodyError: AdminProblem(error)
        case let error as any HTTPResponseError: http(error.status.code, maximumBody)
        default:
            AdminProblem(
                status: 500, kind: "internal", title: "The operation failed.",
                detail: "The operation failed for a reason the gateway does not know. Its log may tell more.")
        }
    }

    /// What the router and the server themselves refuse.
    private static func http(_ status: Int, _ maximumBody: Int) -> AdminProblem {
        switch status {
        case 404:
            AdminProblem(
                status: 404, kind: "unknown-operation", title: "There is no such operation.",
                detail: "This gateway does not know the operation. Use the command line of the same version.")
        case 413:
            AdminProblem(
                status: 413, kind: "body-too-large", title: "The request body is too large.",
                detail: "The request body is larger than \(maximumBody) bytes.")
        default:
            AdminProblem(
                status: status, kind: "invalid-request", title: "The request is not valid.",
                detail: "The request was refused with status \(status).")
        }
    }
}
