// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// The request target for the upstream, written once: `wire` goes into the request line and `path` into the signature.
struct UpstreamTarget: Sendable {
    /// Percent-encoded path, for the base string URI.
    let path: [UInt8]

    /// Decoded query, for the signature's parameters.
    let query: [Parameter]

    /// Path and query as sent.
    let wire: [UInt8]

    init(segments: [String], query: [Parameter]) {
        var path: [UInt8] = []
        path.reserveCapacity(96)
        for segment in segments {
            path.append(UInt8(ascii: "/"))
            PercentEncoding.append(segment.utf8, to: &path)
        }
        self.path = path
        self.query = query
        guard !query.isEmpty else {
            wire = path
            return
        }
        wire = path + [UInt8(ascii: "?")] + FormEncoding.write(query)
    }
}
