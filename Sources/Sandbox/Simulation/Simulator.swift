// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import WegoWise

/// The whole service as one value: a request goes in, an answer comes out.
struct Simulator: Sendable {
    var provider: OAuthProvider
    var world: HomeWorld
    var data = DataWorld()
    var portfolios: [String: Portfolio] = [:]
    private let catalogue = RouteCatalogue.standard

    init(provider: OAuthProvider, world: HomeWorld) {
        self.provider = provider
        self.world = world
    }

    /// What a request comes to before anything is performed.
    private enum Entry {
        case malformed
        case delegation(DelegationStep)
        case open
        case refused(OAuthProblem)
        /// The match decides between an operation and a 404.
        case signed(OAuthProvider.Grant, RouteMatch, segments: [String])
    }

    /// `now` is in seconds since 1970. `mint` makes credentials and other values nobody can guess.
    mutating func answer(to request: SandboxRequest, now: Int64, mint: () -> TokenPair) -> SandboxAnswer {
        switch enter(request, now: now) {
        case .malformed:
            return SandboxAnswer(.invalid("The request target is malformed"), verdict: .unchecked)
        case .delegation(let step):
            return perform(step, request, now: now, mint: mint)
        case .open:
            return SandboxAnswer(status: 200, json: utilityCompanies(request.parameters), verdict: .notRequired)
        case .refused(let problem):
            return SandboxAnswer(problem)
        case .signed(let grant, let match, let segments):
            let verdict = Verdict.valid(username: grant.username)
            do throws(APIFailure) {
                guard case .known(let route) = match else { throw .notFound }
                let json = try perform(route, segments: segments, request: request, grant: grant, mint: mint)
                return SandboxAnswer(status: json == nil ? 204 : 200, json: json, verdict: verdict)
            } catch {
                return SandboxAnswer(error, verdict: verdict)
            }
        }
    }

    /// Checks the signature as `answer` would, and does no more. Token requests are left alone.
    mutating func verdict(on request: SandboxRequest, now: Int64) -> Verdict {
        switch enter(request, now: now) {
        case .malformed, .delegation: .unchecked
        case .open: .notRequired
        case .refused(let problem): .refused(problem)
        case .signed(let grant, _, _): .valid(username: grant.username)
        }
    }

    private mutating func enter(_ request: SandboxRequest, now: Int64) -> Entry {
        guard let segments = Self.segments(of: request) else { return .malformed }
        if let step = DelegationStep(method: request.method, segments: segments) { return .delegation(step) }
        let match = catalogue.match(method: request.method, segments: segments)
        if case .known(let route) = match, route.signer == .none { return .open }
        do throws(OAuthProblem) {
            return .signed(try provider.verify(request, now: now), match, segments: segments)
        } catch {
            return .refused(error)
        }
    }

    /// Decoded; nil unless the target is in origin form, of visible ASCII, and properly escaped UTF-8.
    private static func segments(of request: SandboxRequest) -> [String]? {
        guard request.target.hasPrefix("/"), request.target.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        var segments: [String] = []
        for raw in request.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let bytes = PercentEncoding.decode(raw.utf8), let text = String(validating: bytes, as: UTF8.self)
            else { return nil }
            segments.append(text)
        }
        return segments
    }
}
