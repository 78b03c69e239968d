// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import WegoWise

/// The whole service as one value: a request goes in, an answer comes out.
struct Simulator: Sendable {
    var provider: OAuthProvider
    var world: HomeWorld
    private let catalogue = RouteCatalogue.standard

    init(provider: OAuthProvider, world: HomeWorld) {
        self.provider = provider
        self.world = world
    }

    /// `now` is in seconds since 1970. `mint` makes the credential of a new user.
    mutating func answer(to request: SandboxRequest, now: Int64, mint: () -> TokenPair) -> SandboxAnswer {
        guard let segments = Self.segments(of: request) else {
            return SandboxAnswer(.invalid("The request target is malformed"), verdict: .unchecked)
        }
        let match = catalogue.match(method: request.method, segments: segments)
        if case .known(let route) = match, route.signer == .none {
            return SandboxAnswer(
                status: 200, json: .array(world.companies.map(\.json)), verdict: .notRequired)
        }
        let grant: OAuthProvider.Grant
        do throws(OAuthProblem) {
            grant = try provider.verify(request, now: now)
        } catch {
            return SandboxAnswer(error)
        }
        let verdict = Verdict.valid(username: grant.username)
        do throws(APIFailure) {
            guard case .known(let route) = match else { throw .notFound }
            let json = try perform(route, segments: segments, request: request, grant: grant, mint: mint)
            return SandboxAnswer(status: json == nil ? 204 : 200, json: json, verdict: verdict)
        } catch {
            return SandboxAnswer(error, verdict: verdict)
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
