// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOHTTP1

/// The rules a request must meet before anything is looked up for it.
///
/// A loopback port can be reached by every local process and, through DNS rebinding, by every web page a person on this
/// machine opens; so Host must be ours and nothing may look like a browser. See docs/threat-model.md.
struct IngressRules: Sendable {
    static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

    let allowedHosts: AllowedHosts

    /// Further values of `Host` for the callback alone, in lower case.
    var callbackHosts: [String] = []

    /// Bytes.
    let maximumBody: Int

    func check(_ head: HTTPRequestHead) throws(GatewayError) {
        let isCallback = head.uri == "/oauth/callback" || head.uri.hasPrefix("/oauth/callback?")
        try checkHost(head.headers, isCallback: isCallback)
        if isCallback { try checkNavigation(head.headers) } else { try checkOrigin(head.headers) }
        guard Self.methods.contains(head.method.rawValue) else {
            throw .methodNotAllowed(allowed: Self.methods)
        }
        if head.hasBody { try checkBody(head) }
    }

    private func checkHost(_ headers: HTTPHeaders, isCallback: Bool) throws(GatewayError) {
        let hosts = headers["host"]
        guard hosts.count == 1, let host = hosts.first,
            allowedHosts.contains(host) || (isCallback && callbackHosts.contains(host.lowercased()))
        else { throw .hostNotAllowed }
    }

    /// WegoWise sends a person's browser here. It may come as a page that fills the window, by nobody's script, and not ahead
    /// of the person.
    private func checkNavigation(_ headers: HTTPHeaders) throws(GatewayError) {
        guard !headers.contains(name: "origin"),
            !headers["sec-purpose"].contains(where: { $0.lowercased().contains("prefetch") })
        else { throw .originForbidden }
        let sites = headers["sec-fetch-site"]
        guard !sites.allSatisfy({ $0 == "none" || $0 == "same-origin" }) else { return }
        guard headers["sec-fetch-mode"] == ["navigate"], headers["sec-fetch-dest"] == ["document"] else {
            throw .originForbidden
        }
    }

    private func checkOrigin(_ headers: HTTPHeaders) throws(GatewayError) {
        if headers.contains(name: "origin") { throw .originForbidden }
        for site in headers["sec-fetch-site"] where site != "none" && site != "same-origin" { throw .originForbidden }
    }

    private func checkBody(_ head: HTTPRequestHead) throws(GatewayError) {
        let headers = head.headers
        guard head.method != .GET && head.method != .HEAD else {
            throw .badRequest(reason: "GET and HEAD are sent without a body")
        }
        // The parser looks for "chunked" as the last coding only; HTTP/1.0 knows none (RFC 9112 section 6.1).
        for coding in headers["transfer-encoding"] where coding.lowercased() != "chunked" || head.isOld {
            throw .badRequest(reason: "the only transfer coding is chunked, in HTTP/1.1")
        }
        let types = headers["content-type"]
        guard types.count == 1, let type = types.first, Self.isJSON(type) else {
            throw .unsupportedMediaType(expected: "Content-Type: application/json")
        }
        for coding in headers["content-encoding"] where coding.lowercased() != "identity" {
            throw .unsupportedMediaType(expected: "no Content-Encoding")
        }
        if let length = headers.first(name: "content-length").flatMap({ Int($0) }), length > maximumBody {
            throw .bodyTooLarge(limit: maximumBody)
        }
    }

    /// The exact media type; parameters such as a charset may follow.
    private static func isJSON(_ type: String) -> Bool {
        let name = type.prefix { $0 != ";" }.lowercased()
        return name == "application/json" || name == "application/json "
    }
}

extension HTTPRequestHead {
    /// Whether a body follows, going by the framing fields (RFC 9112 section 6.3).
    var hasBody: Bool {
        if headers.contains(name: "transfer-encoding") { return true }
        guard let length = headers.first(name: "content-length") else { return false }
        return length != "0"
    }

    /// HTTP/1.0: without chunks, interim answers and connections that are kept by default.
    var isOld: Bool { version.minor == 0 }
}
