// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import OAuth1
import Secrets

/// The published vectors, one JSON file a topic. Each entry names its source.
enum Fixture {
    static func load<Entry: Decodable>(_ name: String, as type: Entry.Type = Entry.self) -> [Entry] {
        do {
            let data = try Data(contentsOf: url(name))
            return try JSONDecoder().decode([Entry].self, from: data)
        } catch {
            preconditionFailure("\(name): \(error)")
        }
    }

    static func url(_ name: String) -> URL {
        Bundle.module.bundleURL.appendingPathComponent("Fixtures").appendingPathComponent(name)
    }
}

struct EncodingVector: Decodable, Sendable {
    let source: String
    let decoded: String
    let encoded: String
}

struct NormalizationVector: Decodable, Sendable {
    let source: String
    let query: String
    let normalized: String
}

struct URIVector: Decodable, Sendable {
    let source: String
    let scheme: String
    let host: String
    let port: Int?
    let path: String
    let uri: String
}

struct SignatureVector: Decodable, Sendable {
    let source: String
    let method: String
    let consumerSecret: String
    let tokenSecret: String?
    let baseString: String
    let signature: String
}

struct HeaderVector: Decodable, Sendable {
    let source: String
    let header: String
    let realm: String?
    let parameters: [[String]]
}

struct BodyHashVector: Decodable, Sendable {
    let source: String
    let method: String
    let body: String
    let signatureMethod: String
    let timestamp: Int64
    let nonce: String
    let bodyHash: String
    let baseString: String
}

struct RequestVector: Decodable, Sendable {
    let source: String
    let method: String
    let scheme: String
    let host: String
    let port: Int?
    let path: String
    let query: String
    let form: String
    let protocolParameters: [[String]]
    let consumerSecret: String
    let tokenSecret: String?
    let baseString: String
    let signature: String
}

extension Parameter {
    init(_ pair: [String]) {
        self.init(pair[0], pair[1])
    }
}

func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
}
