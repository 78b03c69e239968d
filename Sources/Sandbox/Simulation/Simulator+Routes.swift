// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import WegoWise

extension Simulator {
    /// Performs one catalogued operation. Nil is the empty answer of a deletion.
    mutating func perform(
        _ route: Route, segments: [String], request: SandboxRequest, grant: OAuthProvider.Grant, mint: () -> TokenPair
    ) throws(APIFailure) -> JSONOutput? {
        let user = grant.username
        // Behind /api/v1/wego_home/meters/ and /api/v1/wego_home/meters/{id}/raw_data/.
        let meter = segments.count > 4 ? Int(segments[4]) : nil
        let datum = segments.count > 6 ? Int(segments[6]) : nil
        switch route.identifier {
        case "oauth.user.show": return world.currentUser(user)
        case "wego_home.users.create": return try createUser(try fields(of: request), creator: grant, pair: mint())
        case "wego_home.users.destroy": destroyUser(user)
        case "wego_home.building.create": return try world.createBuilding(try fields(of: request), for: user)
        case "wego_home.building.show": return try world.building(of: user)
        case "wego_home.building.delete": try world.deleteBuilding(of: user)
        case "wego_home.meters.create": return try world.createMeter(try fields(of: request), for: user)
        case "wego_home.meters.list": return world.meters(of: user)
        case "wego_home.meters.delete": try world.deleteMeter(meter, of: user)
        case "wego_home.raw_data.create":
            return try world.createRawDatum(try fields(of: request), on: meter, of: user)
        case "wego_home.raw_data.list": return try world.rawData(of: meter, owner: user)
        case "wego_home.raw_data.delete": try world.deleteRawDatum(datum, of: meter, owner: user)
        default: throw .notSimulated(route.identifier)
        }
        return nil
    }

    private func fields(of request: SandboxRequest) throws(APIFailure) -> RequestFields {
        guard request.hasFormBody else { return try RequestFields(json: request.body) }
        // The signature check has read the form before.
        return RequestFields(form: FormEncoding.parse(request.body) ?? [])
    }

    /// The new user's token is in the answer; the service shows it here and never again.
    private mutating func createUser(
        _ fields: RequestFields, creator: OAuthProvider.Grant, pair: TokenPair
    ) throws(APIFailure) -> JSONOutput {
        let user = try world.createUser(fields, by: creator.username)
        provider.grant(pair, to: user.name, through: creator.consumerKey)
        return .object([
            ("id", .integer(user.id)),
            ("oauth_token_secret", .string(pair.secret.expose { String(decoding: $0, as: UTF8.self) })),
            ("oauth_token_key", .string(pair.token.expose { String(decoding: $0, as: UTF8.self) })),
        ])
    }

    private mutating func destroyUser(_ username: String) {
        world.destroyUser(username)
        provider.revokeGrants(of: username)
    }
}
