// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Foundation
import StrictJSON

/// A call of the gateway's own part of the data plane, made for a command: its JSON answer, or why there is none.
enum OperatorCallAnswer {
    static func json(
        of admin: AdminConnection, user: String, tenant: String?, method: String, path: String, body: JSONTree? = nil
    ) async throws -> JSONValue {
        let call = JSONTree.members([
            "tenant": .text(tenant), "user": .string(user), "method": .string(method), "path": .string(path),
            "body_base64": .text(body.map { Data($0.bytes).base64EncodedString() }),
        ])
        let answer = try await admin.send(.post, ["call"], body: call)
        guard case .number(let text)? = answer["status"]?.kind, let status = Int(text),
            let encoded = answer["body_base64"]?.string, let data = Data(base64Encoded: encoded)
        else { throw CommandFailure(.unavailable, "The gateway's answer is not understood. Is it of another version?") }
        guard (200...299).contains(status) else {
            let called = CalledAnswer(status: status, headers: answer["headers"]?.elements ?? [], body: [UInt8](data))
            let problem = AdminProblem(body: [UInt8](data))
            throw CommandFailure(
                called.exitStatus, problem.map { "\($0.title): \($0.detail)" } ?? "The answer has status \(status).")
        }
        return try JSONDocument.parse([UInt8](data)).root
    }
}
