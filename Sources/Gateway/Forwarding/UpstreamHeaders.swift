// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import NIOHTTP1
import OAuth1

/// The header fields of the request that goes upstream.
enum UpstreamHeaders {
    /// What a client may say to WegoWise. Everything else stays here: cookies, credentials, proxies' notes, traces.
    /// By length, so that most names are compared with none.
    private static let forwarded: [Int: [String]] = Dictionary(
        grouping: [
            "Accept", "Accept-Language", "Accept-Encoding", "If-Match", "If-None-Match", "If-Modified-Since",
            "If-Unmodified-Since",
        ], by: \.utf8.count)

    /// Fields of a client; those of our own always have room beside them.
    private static let maximumForwarded = HeaderLines.maximumCount - 4

    /// All but `Authorization`, which each attempt adds.
    ///
    /// - Parameter changesNothing: Answers to other calls are searched for credentials, so they must not come compressed.
    static func lines(
        from headers: HTTPHeaders, hasBody: Bool, changesNothing: Bool
    ) throws(GatewayError) -> HeaderLines {
        var lines = HeaderLines()
        if hasBody { lines.append("Content-Type", "application/json".utf8) }
        var hasAccept = false
        for (name, value) in headers {
            guard let field = forwarded[name.utf8.count]?.first(where: { name.utf8.isEqualIgnoringCase(to: $0.utf8) })
            else { continue }
            if !changesNothing && field == "Accept-Encoding" { continue }
            guard lines.count < maximumForwarded, lines.append(field.utf8, value.utf8) else {
                throw .badRequest(reason: "a field that WegoWise would be sent is repeated too often or malformed")
            }
            if field == "Accept" { hasAccept = true }
        }
        // libcurl would say "*/*", and WegoWise speaks JSON.
        if !hasAccept { lines.append("Accept", "application/json".utf8) }
        return lines
    }
}
