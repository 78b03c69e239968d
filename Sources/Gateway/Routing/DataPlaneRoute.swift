// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import WegoWise

/// What a request on the data plane means, going by its target alone.
enum DataPlaneRoute: Sendable {
    /// `/users/{user}/api/...` or `/users/{user}/oauth/user`
    case homeUserCall(user: String, UpstreamCall)
    /// `/public/api/v1/...`: sent unsigned
    case publicCall(UpstreamCall)
    /// `POST /forward`: user, method and path stand in the body
    case envelope
    /// `GET /users/{user}`
    case describeUser(String)
    /// `POST /users/{user}/connect`
    case connect(String)
    /// `POST /users/{user}/connect/finish`
    case finishConnect(String)
    /// `GET /oauth/callback`
    case callback
    /// `GET /openapi.json`
    case document

    init(method: String, target: RequestTarget, catalogue: RouteCatalogue) throws(GatewayError) {
        let segments = target.segments
        switch segments[0] {
        case "users" where segments.count == 2:
            guard method == "GET" || method == "HEAD" else { throw .methodNotAllowed(allowed: ["GET", "HEAD"]) }
            self = .describeUser(segments[1])
        case "users" where segments.count > 2 && segments[2] == "connect":
            self = try Self.connecting(method, target)
        case "users" where segments.count > 2:
            let call = try UpstreamCall(method, Array(segments[2...]), target.query, catalogue)
            self = .homeUserCall(user: segments[1], call)
        case "public":
            let call = try UpstreamCall(method, Array(segments[1...]), target.query, catalogue)
            guard call.signer == RouteSigner.none else { throw .pathNotForwarded }
            self = .publicCall(call)
        case "forward" where segments.count == 1:
            guard method == "POST" else { throw .methodNotAllowed(allowed: ["POST"]) }
            self = .envelope
        case APIDocument.segment where segments.count == 1:
            guard method == "GET" || method == "HEAD" else { throw .methodNotAllowed(allowed: ["GET", "HEAD"]) }
            self = .document
        default:
            throw .pathNotForwarded
        }
    }

    private static func connecting(_ method: String, _ target: RequestTarget) throws(GatewayError) -> DataPlaneRoute {
        let segments = target.segments
        guard segments.count == 3 || (segments.count == 4 && segments[3] == "finish") else { throw .pathNotForwarded }
        guard method == "POST" else { throw .methodNotAllowed(allowed: ["POST"]) }
        guard target.query.isEmpty else { throw .badTarget(reason: "a query; what it says belongs into the body") }
        return segments.count == 3 ? .connect(segments[1]) : .finishConnect(segments[1])
    }

    /// Whether no caller has to be known: for what is the same for everybody and holds nothing of anybody.
    static func isOpen(_ target: RequestTarget) -> Bool {
        target.segments == [APIDocument.segment]
    }
}

extension RequestTarget {
    var isCallback: Bool { segments == ["oauth", "callback"] }
}
