// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOHTTP1

extension RequestPipeline {
    /// The ingress rules. Who comes with a method that none of them takes is told what this very path takes.
    func check(_ head: HTTPRequestHead) throws(GatewayError) {
        do throws(GatewayError) {
            try ingress.check(head)
        } catch {
            guard case .methodNotAllowed = error, let target = try? RequestTarget(head.uri) else { throw error }
            let methods = IngressRules.methods.filter { isServed($0, target) }
            throw methods.isEmpty ? error : .methodNotAllowed(allowed: methods)
        }
    }

    private func isServed(_ method: String, _ target: RequestTarget) -> Bool {
        if target.isCallback { return method == "GET" }
        guard let route = try? DataPlaneRoute(method: method, target: target, catalogue: services.catalogue) else {
            return false
        }
        switch route {
        case .homeUserCall(_, let call), .publicCall(let call): return call.route != nil || !forwardsListedOnly
        default: return true
        }
    }

    /// Whether paths that the catalogue does not have end here.
    var forwardsListedOnly: Bool { services.validation == .strict || !services.forwardsUnknownPaths }
}
