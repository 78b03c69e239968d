// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import StrictJSON

/// The body of `POST /forward`: a call as one JSON object.
struct Envelope: Sendable {
    let user: String
    let method: String
    let target: RequestTarget

    /// The bytes of the member `body`, exactly as written; nil when there is none.
    let body: [UInt8]?

    private static let members: Set<String> = ["user", "method", "path", "query", "body"]

    init(_ document: JSONDocument) throws(GatewayError) {
        guard let members = document.root.members else {
            throw .badEnvelope(pointer: "", expected: "an object with user, method and path")
        }
        for (name, _) in members where !Self.members.contains(name) {
            throw .badEnvelope(
                pointer: Self.pointer(name), expected: "only the members user, method, path, query and body")
        }
        user = try Self.text("user", document)
        method = try Self.text("method", document)
        guard IngressRules.methods.contains(method) else {
            throw .badEnvelope(pointer: "/method", expected: "one of \(IngressRules.methods.joined(separator: ", "))")
        }
        target = try Self.target(document)
        body = document.root["body"].map { Array(document.rawBytes(of: $0)) }
        if body != nil && (method == "GET" || method == "HEAD") {
            throw .badEnvelope(pointer: "/body", expected: "no body with \(method)")
        }
    }

    private static func text(_ name: String, _ document: JSONDocument) throws(GatewayError) -> String {
        guard let text = document.root[name]?.string else {
            throw .badEnvelope(pointer: "/\(name)", expected: "a string")
        }
        return text
    }

    private static func target(_ document: JSONDocument) throws(GatewayError) -> RequestTarget {
        let path = try RequestTarget(try text("path", document))
        guard path.query.isEmpty else {
            throw .badEnvelope(pointer: "/path", expected: "a path without a query; put it into query")
        }
        guard let query = document.root["query"] else { return path }
        guard let members = query.members else { throw .badEnvelope(pointer: "/query", expected: "an object") }
        var parameters: [Parameter] = []
        for (name, value) in members {
            for text in try texts(value, name) { parameters.append(Parameter(name, text)) }
        }
        guard parameters.count <= RequestTarget.maximumParameters else {
            throw .badEnvelope(pointer: "/query", expected: "at most \(RequestTarget.maximumParameters) values")
        }
        return RequestTarget(segments: path.segments, query: parameters)
    }

    /// A scalar is one value, an array of scalars as many.
    private static func texts(_ value: JSONValue, _ name: String) throws(GatewayError) -> [String] {
        if let elements = value.elements {
            var texts: [String] = []
            for element in elements {
                guard let text = scalar(element) else { throw notScalar(name) }
                texts.append(text)
            }
            return texts
        }
        guard let text = scalar(value) else { throw notScalar(name) }
        return [text]
    }

    private static func notScalar(_ name: String) -> GatewayError {
        .badEnvelope(pointer: "/query" + pointer(name), expected: "a string, number, boolean or an array of these")
    }

    /// RFC 6901 section 3. Long names are cut: a pointer is to help, not to echo.
    private static func pointer(_ name: String) -> String {
        let step = name.prefix(64).map { character in
            switch character {
            case "~": "~0"
            case "/": "~1"
            default: String(character)
            }
        }
        return "/" + step.joined()
    }

    private static func scalar(_ value: JSONValue) -> String? {
        switch value.kind {
        case .string(let text), .number(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
