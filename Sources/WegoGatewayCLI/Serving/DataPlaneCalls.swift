// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Gateway
import OAuth1

/// Leads an operator's calls into the data plane.
struct DataPlaneCalls: OperatorCalls {
    let plane: DataPlane

    func perform(_ call: OperatorCall) async -> CallAnswer {
        let answer = await plane.call(OperatorRequest(call))
        return CallAnswer(status: answer.status, headers: answer.headers, body: answer.body)
    }

    func explain(_ call: OperatorCall) throws(AdminProblem) -> SignatureExplanation {
        do throws(GatewayError) {
            return try plane.explain(OperatorRequest(call))
        } catch {
            let problem = Problem(error)
            throw AdminProblem(
                status: problem.status, kind: problem.slug, title: problem.title, detail: problem.detail)
        }
    }
}

extension OperatorRequest {
    fileprivate init(_ call: OperatorCall) {
        self.init(
            tenant: call.tenant, user: call.user.rawValue, method: call.method, target: call.target, body: call.body,
            asker: call.asker)
    }
}
