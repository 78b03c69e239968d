// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import NIOCore
import NIOHTTP1
import OAuth1
import RateLimits
import StrictJSON
import WegoWise

/// The path of a request through the gateway, as a list. Everything here runs on an event loop and never waits;
/// a refusal leaves the list where it stands as a `GatewayError`.
final class RequestPipeline: Sendable {
    let services: Services
    let ingress: IngressRules
    let connecting: ConnectDesk
    private let credentials: CredentialCache
    let subjects: SubjectCache
    let turnstile: Turnstile
    let journalTurns: JournalTurns

    init(
        services: Services, credentials: CredentialCache, subjects: SubjectCache, turnstile: Turnstile,
        connecting: ConnectDesk, journalTurns: JournalTurns, ingress: IngressRules
    ) {
        self.services = services
        self.credentials = credentials
        self.subjects = subjects
        self.turnstile = turnstile
        self.journalTurns = journalTurns
        self.connecting = connecting
        self.ingress = ingress
    }

    /// Steps that need the head only. What they refuse costs no body. `note` learns what becomes known, refused or not.
    func admit(_ head: HTTPRequestHead, note: (KnownFact) -> Void) throws(GatewayError) -> Admission {
        try check(head)  // 1 may it speak to us at all
        let target = try RequestTarget(head.uri)
        if target.isCallback {  //   a person's browser, which has no key
            note(.route(.callback))
            guard head.method == .GET else { throw .methodNotAllowed(allowed: ["GET"]) }
            return .connect(.callback(target.query))
        }
        if DataPlaneRoute.isOpen(target) { return try admitAnybody(head, target, note) }
        let snapshot = services.custody.snapshot
        let principal = try Authentication.principal(head.headers, in: snapshot)  // 2 who calls
        note(.principal(principal))
        let route = try DataPlaneRoute(  // 3 what is meant
            method: head.method.rawValue, target: target, catalogue: services.catalogue)
        note(.route(route))
        return try admission(of: route, principal, snapshot)  // 4 may they
    }

    private func admitAnybody(
        _ head: HTTPRequestHead, _ target: RequestTarget, _ note: (KnownFact) -> Void
    ) throws(GatewayError) -> Admission {
        note(.route(try DataPlaneRoute(method: head.method.rawValue, target: target, catalogue: services.catalogue)))
        return .document
    }

    /// Steps that need the body. Ends in a request that may be sent when its turn comes.
    func prepare(
        _ admission: Admission, body: ByteBuffer, headers: HTTPHeaders, note: (KnownFact) -> Void
    ) throws(GatewayError) -> Outgoing {
        let document = try check(body)  // 5 is it JSON
        let (admission, body) = try resolve(admission, document, body, note)  //   what does an envelope mean
        try validate(body, admission, document)  //   can it be right
        let effect = try effect(of: admission, body, headers)  //   what it means for the store
        let wishes = try CallWishes(headers)
        let hasBody = body.readableBytes > 0
        let headers = try UpstreamHeaders.lines(
            from: headers, hasBody: hasBody, changesNothing: admission.call.changesNothing)
        let material = try material(for: admission)  // 6 with what to sign
        return Outgoing(  // 7 is there room: `Turnstile`, which may let it wait
            call: admission.call, principal: admission.principal, user: admission.user,
            generation: admission.generation, credential: material?.credential, pseudonym: material?.pseudonym,
            headers: headers, body: hasBody || admission.call.method.wantsBody ? body : nil,
            subjects: subjects.subjects(admission.user, admission.principal, generation: admission.generation),
            wishes: wishes,
            deadline: services.clock.now + TimeAmount(services.upstreamTimeout), effect: effect)
    }

    /// A turn takes its time to come: what custody forgot meanwhile must not be used. The time for the call begins anew.
    func renewed(_ outgoing: Outgoing) throws(GatewayError) -> Outgoing {
        var outgoing = outgoing
        outgoing.deadline = services.clock.now + TimeAmount(services.upstreamTimeout)
        guard services.custody.snapshot.generation != outgoing.generation else { return outgoing }
        let admission = try renewed(
            AuthorizedCall(
                call: outgoing.call, principal: outgoing.principal, user: outgoing.user,
                generation: outgoing.generation))
        let material = try material(for: admission)
        outgoing.principal = admission.principal
        outgoing.user = admission.user
        outgoing.generation = admission.generation
        outgoing.credential = material?.credential
        outgoing.pseudonym = material?.pseudonym
        return outgoing
    }

    /// Signs with a fresh nonce. Called once an attempt.
    ///
    /// - Parameter timestamp: Seconds since 1970 on the upstream's clock.
    func transfer(_ outgoing: Outgoing, timestamp: Int64) -> TransferRequest {
        var headers = outgoing.headers
        if let credential = outgoing.credential {
            let authorization = services.signer.authorization(
                for: signable(outgoing.call), with: credential, timestamp: timestamp,
                nonce: services.chance.token())
            let isAdded = headers.append("Authorization", authorization)
            precondition(isAdded, "a signature is printable and there is room for it")
        }
        return TransferRequest(
            method: outgoing.call.method, target: outgoing.call.target.wire, headers: headers, body: outgoing.body,
            deadline: outgoing.deadline)
    }

    func signable(_ call: UpstreamCall) -> SignableRequest {
        services.signable(method: call.method, call.target)
    }
}

extension Services {
    func signable(method: String, _ target: UpstreamTarget) -> SignableRequest {
        let uri = BaseStringURI(
            scheme: origin.scheme.rawValue, host: origin.host, port: origin.port, path: target.path)
        guard let uri else { preconditionFailure("a parsed origin and an encoded path make a base string URI") }
        return SignableRequest(method: Array(method.utf8), uri: uri, parameters: target.query)
    }
}

extension RequestPipeline {
    func admission(
        of route: DataPlaneRoute, _ principal: Principal, _ snapshot: Snapshot
    ) throws(GatewayError) -> Admission {
        switch route {
        case .homeUserCall(let name, let call):
            return .call(try authorize(call, user: name, principal, snapshot))
        case .publicCall(let call):
            try principal.require(.read)
            return .call(
                AuthorizedCall(call: call, principal: principal, user: nil, generation: snapshot.generation))
        case .envelope:
            return .envelope(principal)
        case .describeUser(let name):
            let user = try principal.homeUser(name, in: snapshot)
            try principal.require(.read)
            return .describe(user, principal)
        case .connect(let name):
            return .connect(.begin(try ConnectCommand.name(name, for: principal), principal))
        case .finishConnect(let name):
            return .connect(.finish(try ConnectCommand.name(name, for: principal), principal))
        case .callback:
            throw .pathNotForwarded
        case .document:
            return .document
        }
    }

    /// The user is looked up first: a caller must not learn from a 403 that a name exists.
    private func authorize(
        _ call: UpstreamCall, user name: String, _ principal: Principal, _ snapshot: Snapshot
    ) throws(GatewayError) -> AuthorizedCall {
        let user = try principal.homeUser(name, in: snapshot)
        try principal.require(call.requiredScope)
        if forwardsListedOnly { try call.requireListed() }
        return AuthorizedCall(call: call, principal: principal, user: user, generation: snapshot.generation)
    }

    /// A body takes its time to arrive: what custody forgot meanwhile must not be used.
    private func renewed(_ authorized: AuthorizedCall) throws(GatewayError) -> AuthorizedCall {
        let snapshot = services.custody.snapshot
        guard snapshot.generation != authorized.generation else { return authorized }
        let principal = try authorized.principal.renewed(in: snapshot)
        guard let user = authorized.user else {
            return AuthorizedCall(
                call: authorized.call, principal: principal, user: nil, generation: snapshot.generation)
        }
        return try authorize(authorized.call, user: user.user.name.rawValue, principal, snapshot)
    }

    private func check(_ body: ByteBuffer) throws(GatewayError) -> JSONDocument? {
        guard body.readableBytes > 0, services.validation != .off else { return nil }
        return try JSONDocument.parse(body)
    }

    private func resolve(
        _ admission: Admission, _ document: JSONDocument?, _ body: ByteBuffer, _ note: (KnownFact) -> Void
    ) throws(GatewayError) -> (AuthorizedCall, ByteBuffer) {
        switch admission {
        case .call(let authorized):
            return (try renewed(authorized), body)
        case .envelope(let principal):
            let envelope: Envelope
            if let document { envelope = try Envelope(document) } else { envelope = try Envelope(try .parse(body)) }
            let call = try UpstreamCall(
                envelope.method, envelope.target.segments, envelope.target.query, services.catalogue)
            note(.route(.homeUserCall(user: envelope.user, call)))
            let snapshot = services.custody.snapshot
            let authorized = try authorize(
                call, user: envelope.user, try principal.renewed(in: snapshot), snapshot)
            return (authorized, ByteBuffer(bytes: envelope.body ?? []))
        case .describe, .connect, .document:
            preconditionFailure("the gateway answers this itself")
        }
    }

    /// Holds the body to what the catalogue knows of the route. An envelope's body is read once more, by itself.
    private func validate(
        _ body: ByteBuffer, _ authorized: AuthorizedCall, _ document: JSONDocument?
    ) throws(GatewayError) {
        guard services.validation != .off, let route = authorized.call.route, route.requestSchema != nil else { return }
        var document = document
        if document?.bytes.count != body.readableBytes { document = nil }
        if document == nil, body.readableBytes > 0 { document = try JSONDocument.parse(body) }
        let report = RequestValidation.validate(document, for: route, mode: services.validation)
        guard report.isAcceptable else { throw .invalidBody(report) }
    }

    /// A creation is planned here, so that one that cannot be stored is refused before it costs anything.
    private func effect(
        of authorized: AuthorizedCall, _ body: ByteBuffer, _ headers: HTTPHeaders
    ) throws(GatewayError) -> CustodyEffect {
        guard let user = authorized.user else { return .none }
        switch authorized.call.custodyMeaning {
        case .none: return .none
        case .destroysUser: return .destruction(HomeUserDestruction(of: user.user))
        case .createsUser:
            let username = body.readableBytes > 0 ? try JSONDocument.parse(body).root["username"]?.string : nil
            return .creation(
                try HomeUserCreation(
                    header: headers["wego-gateway-store-as"], username: username, developer: user,
                    authorized.principal))
        }
    }

    func material(for authorized: AuthorizedCall) throws(GatewayError) -> UserMaterial? {
        guard let access = authorized.user else { return nil }
        let user = access.user
        guard user.state == .active || user.state == .suspect else {
            throw .userUnusable(name: user.name.rawValue, state: user.state.rawValue, reason: user.reason)
        }
        guard let material = credentials.material(of: access, generation: authorized.generation) else {
            throw .credentialUnavailable(name: user.name.rawValue)
        }
        return material
    }

    /// How a home user that a refused request was about stands in the journal.
    func pseudonym(of name: String?, in tenant: String?) -> UserPseudonym? {
        guard let name = name.flatMap(HomeUserName.init(_:)), let tenant = tenant.flatMap(TenantName.init(_:)),
            let access = services.custody.snapshot.homeUser(name, in: tenant)
        else { return nil }
        return credentials.pseudonym(of: access)
    }
}

extension RequestPipeline {
    /// How the limits of a home user stand; counts nothing.
    func limitStanding(of access: HomeUserAccess, _ principal: Principal) -> LimitStanding {
        services.standing(
            of: subjects.subjects(access, principal, generation: services.custody.snapshot.generation))
    }
}

extension JSONDocument {
    fileprivate static func parse(_ body: ByteBuffer) throws(GatewayError) -> JSONDocument {
        do {
            return try parse(Array(body.readableBytesView))
        } catch {
            throw .malformedJSON(pointer: error.pointer, offset: error.offset, reason: error.reason)
        }
    }
}

extension String {
    /// Whether a request of this method is sent with a body, be it an empty one (RFC 9110 section 8.6).
    fileprivate var wantsBody: Bool { self == "POST" || self == "PUT" || self == "PATCH" }
}
