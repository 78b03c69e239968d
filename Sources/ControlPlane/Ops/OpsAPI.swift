// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Hummingbird

/// Probes and metrics, for machines on this host. Nothing here is secret, nothing changes anything.
package struct OpsAPI: Sendable {
    private let readiness: Readiness
    private let metrics: @Sendable () -> String

    /// - Parameter metrics: the Prometheus text, made anew at each request.
    package init(readiness: Readiness, metrics: @escaping @Sendable () -> String) {
        self.readiness = readiness
        self.metrics = metrics
    }

    package func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: LoopbackHostMiddleware())
        router.get("startupz") { [readiness] _, _ in
            Response.json(
                .members(["started": .bool(readiness.hasStarted)]),
                status: readiness.hasStarted ? .ok : .serviceUnavailable)
        }
        // Answering is the proof.
        router.get("livez") { _, _ in Response.json(.members(["alive": .bool(true)])) }
        router.get("readyz") { [readiness] _, _ in
            let tree = readiness.tree
            return Response.json(tree, status: readiness.isReady ? .ok : .serviceUnavailable)
        }
        router.get("metrics") { [metrics] _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: metrics())))
        }
        return router
    }
}
