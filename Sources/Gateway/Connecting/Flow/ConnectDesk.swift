// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import NIOCore
import OAuth1
import RateLimits
import Synchronization

/// Who asks, for the records.
struct FlowContext: Sendable {
    let eventLoop: any EventLoop

    /// Of the request that is answered.
    let requestID: String
    var traceID: String?
    var tenant: TenantName?
    var caller: String?
}

/// What comes of a request about a connection.
enum ConnectReply: Sendable {
    case answer(OwnAnswer)
    /// For a person. `error` is what a program would have been told.
    case page(OwnAnswer, error: GatewayError?)
    case refused(GatewayError)
}

/// Where home users are connected: temporary credentials, callback, exchange and the trial of what came of it. See
/// docs/custody.md.
final class ConnectDesk: Sendable {
    typealias Completion = @Sendable (ConnectReply) -> Void

    let services: Services
    let credentials: CredentialCache
    let turnstile: Turnstile
    let trials = TrialQueue()
    let round = Mutex(TrialRound())
    private let gate: CallbackGate
    private let listenURL = Mutex<String?>(nil)
    private let checking = Mutex<RepeatedTask?>(nil)

    init(_ services: Services, _ credentials: CredentialCache, _ turnstile: Turnstile) {
        self.services = services
        self.credentials = credentials
        self.turnstile = turnstile
        gate = CallbackGate(services.connecting.callbackRate)
    }

    /// Tells where the data plane listens, for callbacks when no URL is configured.
    func listens(on host: String, port: Int) {
        let host = host.contains(":") ? "[\(host)]" : host
        listenURL.withLock { $0 = port == 0 ? nil : "http://\(host):\(port)/oauth/callback" }
    }

    var callbackURL: String? { services.connecting.callbackURL ?? listenURL.withLock { $0 } }

    /// `then` is called exactly once, on the context's event loop.
    func perform(
        _ command: ConnectCommand, body: ByteBuffer, _ context: FlowContext, then: @escaping Completion
    ) {
        var context = context
        do throws(GatewayError) {
            switch command {
            case .begin(let name, let principal):
                let principal = try principal.renewed(in: services.custody.snapshot)
                context.note(principal)
                try begin(try ConnectRequest(Array(body.readableBytesView)), name, principal, context, then)
            case .finish(let name, let principal):
                let principal = try principal.renewed(in: services.custody.snapshot)
                context.note(principal)
                try finish(try ConnectFinish(Array(body.readableBytesView)), name, principal, context, then)
            case .callback(let query):
                callBack(query, context, then)
            }
        } catch {
            then(.refused(error))
        }
    }

    private func finish(
        _ finish: ConnectFinish, _ name: HomeUserName, _ principal: Principal, _ context: FlowContext,
        _ then: @escaping Completion
    ) throws(GatewayError) {
        try ConnectCommand.require(
            principal, toConnect: services.custody.snapshot.homeUser(name, in: principal.tenant)?.user)
        // Which consumer it is only the session knows; the calls themselves count on that.
        let passage = try turnstile.enterLimits(subjects(of: name, nil, principal))
        let run = EndingRun(ConnectionEnding(verifier: finish.verifier), self, context) { end in
            self.turnstile.leave(passage, .unknown)
            then(Self.answer(to: end))
        }
        do throws(GatewayError) {
            try run.start(token: finish.token, mode: .oob, of: name, in: principal.tenant)
        } catch {
            turnstile.leave(passage, .unknown)
            throw error
        }
    }

    private static func answer(to end: Result<ConnectionEnd, GatewayError>) -> ConnectReply {
        switch end {
        case .failure(let error): .refused(error)
        case .success(let end):
            switch end.result {
            case .connected(let user, let isConfirmed):
                .answer(ConnectAnswers.connected(user, isConfirmed: isConfirmed))
            case .failed(let failure): .refused(.connect(failure))
            case .held(let error): .refused(error)
            }
        }
    }

    // MARK: The browser

    private func callBack(_ query: [Parameter], _ context: FlowContext, _ then: @escaping Completion) {
        do throws(GatewayError) {
            let callback = try CallbackQuery(query)
            let run = EndingRun(ConnectionEnding(verifier: callback.verifier), self, context) { end in
                do throws(GatewayError) {
                    let end = try end.get()
                    try self.charge(end)
                    then(self.page(for: end))
                } catch {
                    then(Self.page(for: error, back: nil))
                }
            }
            try run.start(token: callback.token, mode: .browser, of: nil, in: nil)
        } catch {
            then(Self.page(for: error, back: nil))
        }
    }

    /// Made-up tokens are what is bounded: they must not keep people out whose links are good.
    private func charge(_ end: ConnectionEnd) throws(GatewayError) {
        guard case .failed(.sessionUnknown) = end.result else { return }
        try gate.admit(now: Int64(services.clock.now.uptimeNanoseconds))
    }

    private func page(for end: ConnectionEnd) -> ConnectReply {
        let address = returnAddress(of: end.session)
        switch end.result {
        case .connected(let user, let isConfirmed):
            if let address {
                let location = address.location(
                    user: user.name.rawValue, isConfirmed ? .connected : .unconfirmed)
                return .page(ConnectPage.redirect(to: location), error: nil)
            }
            let page = isConfirmed ? ConnectPage.connected(user) : ConnectPage.unconfirmed(user)
            return .page(page.answer(back: nil), error: nil)
        // The link is still good: the way back would throw it away.
        case .held(let error): return Self.page(for: error, back: nil)
        case .failed(let failure):
            // A link that was used before may have ended well.
            let result: ReturnAddress.Result? =
                switch failure {
                case .sessionUsed: nil
                case .denied: .denied
                default: .failed
                }
            let back = result.flatMap { result in
                address?.location(user: end.session?.user.rawValue ?? "", result)
            }
            return Self.page(for: .connect(failure), back: back)
        }
    }

    /// - Parameter back: where the person came from.
    private static func page(for error: GatewayError, back: String?) -> ConnectReply {
        var fields: [(name: String, value: String)] = []
        if let seconds = Problem(error).retryAfter { fields.append(("Retry-After", "\(seconds)")) }
        return .page(ConnectPage(error).answer(back: back, fields: fields), error: error)
    }

    /// What was allowed when the connection began may no longer be.
    private func returnAddress(of session: OAuthSession?) -> ReturnAddress? {
        session?.returnTo.flatMap { ReturnAddress($0, allowed: services.connecting.returnOrigins) }
    }
}

extension ConnectDesk {
    /// Begins to try credentials that are not confirmed, now and then again and again.
    func startChecking(on eventLoop: any EventLoop) {
        let task = eventLoop.scheduleRepeatedTask(
            initialDelay: .zero, delay: TimeAmount(services.connecting.recheckInterval)
        ) { _ in self.checkUnconfirmed(on: eventLoop) }
        checking.withLock { $0 = task }
    }

    func stopChecking() {
        checking.withLock { task in
            task?.cancel()
            task = nil
        }
    }
}

extension FlowContext {
    fileprivate mutating func note(_ principal: Principal) {
        tenant = principal.tenant
        caller = principal.recordedName
    }

    /// For what the flow changes in custody.
    func changes(_ services: Services) -> LifeCycleRecord {
        LifeCycleRecord(
            journal: services.journal, pseudonyms: services.pseudonyms, requestID: requestID, caller: caller)
    }

    /// - Parameter requestID: nil for that of the request.
    func record(of user: HomeUserName, in tenant: TenantName, requestID: String? = nil) -> CallRecord {
        var record = CallRecord(
            requestID: requestID ?? self.requestID, method: "GET", decision: .refused, status: 0)
        record.traceID = traceID
        record.tenant = tenant.rawValue
        record.caller = caller
        record.homeUser = user.rawValue
        return record
    }
}
