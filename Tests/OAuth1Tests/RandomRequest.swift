// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets

/// A request in the two forms it is signed in: written out for oauthlib, taken apart for us.
struct RandomRequest: Encodable, Sendable {
    let method: String
    let uri: String
    let form: String?
    let json: String?
    let consumerKey: String
    let consumerSecret: String
    let token: String?
    let tokenSecret: String?
    let callback: String?
    let verifier: String?
    let nonce: String
    let timestamp: Int64
    let signatureMethod: String

    private let target: Target

    private struct Target: Sendable {
        let scheme: String
        let host: String
        let port: Int?
        let path: String
        let query: String?

        var text: String {
            "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")\(path)\(query.map { "?\($0)" } ?? "")"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case method, uri, form, json, consumerKey, consumerSecret, token, tokenSecret, callback, verifier, nonce,
            timestamp
        case signatureMethod
    }

    init(using generator: inout SeededGenerator) {
        let signatureMethod = generator.pick(SignatureMethod.allCases)
        let hasBody = !generator.chance(2)
        method = generator.pick(
            hasBody ? ["POST", "PUT", "PATCH", "DELETE"] : ["GET", "HEAD", "OPTIONS", "get", "DELETE"])
        target = Self.target(using: &generator)
        uri = target.text
        // oauthlib hashes bodies with SHA-1 whatever the method, so the two agree only where that is right.
        let hasJSON = hasBody && signatureMethod != .hmacSHA256 && generator.chance(3)
        json = hasJSON ? "{\"a\": \"\(generator.pick(["", "1", "日本", "x=y&z=1"]))\"}" : nil
        form =
            hasBody && !hasJSON
            ? Self.wireForm(of: generator.parameters() + [Parameter("last", "")], using: &generator) : nil
        consumerKey = generator.text(atLeast: 1)
        consumerSecret = generator.text()
        let hasToken = !generator.chance(4)
        token = hasToken ? generator.text(atLeast: 1) : nil
        tokenSecret = hasToken ? generator.text() : nil
        callback = generator.chance(5) ? "http://example.com/" + generator.text() : nil
        verifier = generator.chance(5) ? generator.text(atLeast: 1) : nil
        nonce = String(generator.next(), radix: 16)
        timestamp = Int64.random(in: 1...4_000_000_000, using: &generator)
        self.signatureMethod = signatureMethod.rawValue
    }

    private static func target(using generator: inout SeededGenerator) -> Target {
        let path = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
            generator.pick(["/a", "/API", "/%2F", "/c%20d", "/%c3%A9", "/x;y=1,2", "/@:!$'()*", "/", "/~-._"])
        }
        let query = generator.chance(5) ? nil : wireForm(of: generator.parameters(), using: &generator)
        return Target(
            scheme: generator.pick(["http", "https", "HTTPS"]),
            host: generator.pick(["example.com", "WWW.Example.COM", "127.0.0.1", "[::1]", "h"]),
            port: generator.pick([nil, 80, 443, 8080, 65535]),
            path: path.joined(),
            query: query)
    }

    /// One of the many ways to write the same parameters.
    private static func wireForm(of parameters: [Parameter], using generator: inout SeededGenerator) -> String {
        var pieces: [String] = []
        for parameter in parameters {
            if generator.chance(12) { pieces.append("") }
            let name = wireForm(of: parameter.name, using: &generator)
            pieces.append(parameter.value.map { name + "=" + wireForm(of: $0, using: &generator) } ?? name)
        }
        return pieces.joined(separator: "&")
    }

    private static func wireForm(of bytes: [UInt8], using generator: inout SeededGenerator) -> String {
        let mayStandBare = Set(";:,*@!()/?'$".utf8)
        var text = ""
        for byte in bytes {
            let encoded = OAuth1Tests.text(PercentEncoding.encode([byte]))
            let character = String(UnicodeScalar(byte))
            if byte == UInt8(ascii: " "), generator.chance(2) {
                text += "+"
            } else if encoded == character, generator.chance(10) {
                text += "%" + String(byte, radix: 16)
            } else if mayStandBare.contains(byte), generator.chance(2) {
                text += character
            } else {
                text += generator.chance(3) && encoded != character ? encoded.lowercased() : encoded
            }
        }
        return text
    }
}

extension RandomRequest {
    /// Nil if our own parsers refuse it, which they must not.
    func signable() -> SignableRequest? {
        guard
            let uri = BaseStringURI(
                scheme: target.scheme, host: target.host, port: target.port, path: Array(target.path.utf8)),
            let query = FormEncoding.parse(Array((target.query ?? "").utf8)),
            let fields = FormEncoding.parse(Array((form ?? "").utf8))
        else { return nil }
        return SignableRequest(
            method: Array(method.utf8), uri: uri, parameters: query + fields, body: json.map { Array($0.utf8) })
    }

    var signer: Signer {
        Signer(method: SignatureMethod(rawValue: signatureMethod) ?? .hmacSHA1, includesBodyHash: json != nil)
    }

    var credential: SigningCredential {
        SigningCredential(
            consumerKey: Array(consumerKey.utf8), token: token.map { Secret(utf8: $0) },
            key: SigningKey(
                consumerSecret: Secret(utf8: consumerSecret), tokenSecret: tokenSecret.map { Secret(utf8: $0) }))
    }

    var extra: [Parameter] {
        [callback.map { Parameter("oauth_callback", $0) }, verifier.map { Parameter("oauth_verifier", $0) }]
            .compactMap(\.self)
    }
}
