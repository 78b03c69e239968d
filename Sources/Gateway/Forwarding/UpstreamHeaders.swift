// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import NIOHTTP1
import OAuth1

/// The header fields of the request that goes upstream.
enum UpstreamHeaders {
    /// What a client may say to WegoWise. Everything else stays here: cookies, credentials, proxies' notes, traces.
    private static let forwarded: [(lower: String, name: StaticString)] = [
        ("accept", "Accept"), ("accept-language", "Accept-Language"), ("accept-encoding", "Accept-Encoding"),
        ("if-match", "If-Match"), ("if-none-match", "If-None-Match"), ("if-modified-since", "If-Modified-Since"),
        ("if-unmodified-since", "If-Unmodified-Since"),
    ]

    static func lines(from headers: HTTPHeaders, contentType: String?, authorization: [UInt8]?) -> HeaderLines {
        var lines = HeaderLines()
        if let authorization { lines.append("Authorization", authorization) }
        var hasAccept = false
        for (name, value) in headers {
            guard let match = forwarded.first(where: { name.utf8.isEqualIgnoringCase(to: $0.lower.utf8) }) else {
                continue
            }
            lines.append(match.name, value.utf8)
            if match.lower == "accept" { hasAccept = true }
        }
        // libcurl would add "Accept: */*", and a form's content type to every body.
        if !hasAccept { lines.append("Accept", "application/json".utf8) }
        if let contentType { lines.append("Content-Type", contentType.utf8) } else { lines.suppress("Content-Type") }
        lines.suppress("Expect")
        return lines
    }
}
