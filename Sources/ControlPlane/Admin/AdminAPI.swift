// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Gateway
import Hummingbird
import Logging
import NIOPosix
import OAuth1
import RateLimits

/// Every operation an operator has, as one router. The admin socket serves it, and a command without a running gateway
/// calls it in process, so there is one implementation of each.
package struct AdminAPI: Sendable {
    let custody: any CustodyStore
    let calls: (any OperatorCalls)?
    let journal: any ChangeJournal
    let limitDefaults: LimitDefaults
    let logger: Logger
    let status: @Sendable () -> JSONTree

    /// Nil where no gateway runs.
    let running: RunningLimits?

    /// Of one request, in bytes: the largest call body in base64, and some.
    let maximumBody: Int
    private let chance = SystemChance()

    /// - Parameters:
    ///   - journal: records every change; what it refuses is not done.
    ///   - calls: what performs `call` and `sign explain`; nil where nothing can be sent.
    ///   - limitDefaults: what holds where no override does.
    ///   - running: how a running gateway's calls fare; nil where none runs.
    ///   - maximumCallBody: bytes of the largest body that `calls` takes.
    ///   - status: more members for `/v1/status`, evaluated at each request.
    package init(
        custody: any CustodyStore, calls: (any OperatorCalls)?, journal: any ChangeJournal,
        limitDefaults: LimitDefaults = LimitDefaults(), running: RunningLimits? = nil, maximumCallBody: Int = 1 << 20,
        logger: Logger = .silent,
        status: @escaping @Sendable () -> JSONTree
    ) {
        self.custody = custody
        self.calls = calls
        self.journal = journal
        self.limitDefaults = limitDefaults
        maximumBody = (maximumCallBody + 2) / 3 * 4 + (1 << 20)
        self.logger = logger
        self.status = status
        self.running = running
    }

    package func router() -> Router<AdminContext> {
        let router = Router(context: AdminContext.self)
        router.add(middleware: ProblemMiddleware(logger: logger, maximumBody: maximumBody))
        router.add(
            middleware: RecordingMiddleware(
                journal: journal, custody: custody, chance: chance, logger: logger, maximumBody: maximumBody))
        router.group("v1")
            .get("status", use: showStatus)
            .get("upstream", use: showUpstream)
            .get("users/{name}/limits", use: showStanding)

            .get("tenants", use: listTenants)
            .post("tenants", use: addTenant)
            .delete("tenants/{name}", use: removeTenant)

            .get("consumers", use: listConsumers)
            .post("consumers", use: addConsumer)
            .post("consumers/{name}/rotate", use: rotateConsumer)
            .delete("consumers/{name}", use: removeConsumer)

            .get("users", use: listHomeUsers)
            .post("users", use: importHomeUser)
            .get("users/{name}", use: showHomeUser)
            .get("users/{name}/pseudonym", use: showPseudonym)
            .post("users/{name}/state", use: setHomeUserState)
            .delete("users/{name}", use: removeHomeUser)

            .get("quarantine", use: listQuarantined)
            .get("quarantine/{name}", use: outlineQuarantined)
            .post("quarantine/{name}/resolve", use: resolveQuarantined)
            .delete("quarantine/{name}", use: discardQuarantined)

            .get("callers", use: listCallers)
            .post("callers", use: addCaller)
            .post("callers/{name}/rotate", use: rotateCaller)
            .delete("callers/{name}", use: removeCaller)

            .get("limits", use: listLimits)
            .get("limits/{kind}/{name}", use: showLimits)
            .put("limits/{kind}/{name}", use: replaceLimits)
            .patch("limits/{kind}/{name}", use: changeLimits)
            .delete("limits/{kind}/{name}", use: removeLimits)

            .post("call", use: call)
            .post("sign-explain", use: explainSignature)
        return router
    }

    @Sendable func showStatus(_ request: Request, context: AdminContext) -> Response {
        .json(status())
    }
}

extension AdminAPI {
    /// The store blocks until the disk has it, so its operations run on threads of their own.
    func store<Value: Sendable>(
        _ operation: @escaping @Sendable (any CustodyStore) throws -> Value
    ) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive { [custody] in try operation(custody) }
    }

    func body(of request: Request, known: Set<String>) async throws -> AdminBody {
        let buffer = try await request.body.collect(upTo: maximumBody)
        return try AdminBody(Array(buffer.readableBytesView), known: known)
    }

    /// The entry named in the path.
    func name<Kind>(in context: AdminContext, as kind: Name<Kind>.Type = Name<Kind>.self) throws -> Name<Kind> {
        try Name.parse(try context.segment("name"), called: "name")
    }

    /// The tenant of the query, if it names one.
    func tenantFilter(of request: Request) throws -> TenantName? {
        try request.uri.queryParameters.get("tenant").map { try TenantName.parse($0, called: "tenant") }
    }

    /// The tenant named, or the only one there is.
    func tenant(named text: String?) throws(AdminProblem) -> TenantName {
        if let text { return try TenantName.parse(text, called: "tenant") }
        let tenants = custody.snapshot.tenants()
        guard let only = tenants.first else {
            throw AdminProblem(
                status: 404, kind: "not-found", title: "There is no such entry.",
                detail: "There is no tenant yet. Add one with `wego-gateway tenant add NAME`.")
        }
        guard tenants.count == 1 else {
            let names = tenants.prefix(10).map(\.name.rawValue).joined(separator: ", ")
            throw .invalid(
                "There are \(tenants.count) tenants, so one must be named. Add `--tenant NAME`; among others: \(names)."
            )
        }
        return only.name
    }
}

extension AdminContext {
    /// A part of the path, which the router leaves percent-encoded.
    func segment(_ name: String) throws -> String {
        let text = try parameters.require(name)
        guard let bytes = PercentEncoding.decode(text.utf8) else {
            throw AdminProblem.invalid("\(name): not percent-encoded correctly.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Logger {
    /// For libraries whose chatter nobody needs.
    package static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}

extension Response {
    static func json(_ tree: JSONTree, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: tree.bytes)))
    }

    static var done: Response { Response(status: .noContent) }
}
