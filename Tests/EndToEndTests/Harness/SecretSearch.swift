// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// Looks for a secret in all the spellings in which it could have slipped out.
struct SecretSearch {
    private let spellings: [(name: String, pattern: Data)]

    init(_ secret: String) { self.init(Array(secret.utf8)) }

    init(_ bytes: [UInt8]) {
        let percent = bytes.map { byte in
            Self.unreserved.contains(byte) ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
        }.joined()
        let hex = bytes.map { String(format: "%02x", $0) }.joined()
        let json = String(decoding: bytes, as: UTF8.self).replacing("/", with: "\\/")
        // Base64 depends on what stands before and behind; the middle of each of the three alignments does not.
        let base64 = (0..<3).map { shift in
            let text = Data(Array(repeating: 0, count: shift) + bytes).base64EncodedString()
            return ("base64", Data(text.utf8.dropFirst(4).dropLast(6)))
        }
        let base64URL = base64.map { ("base64url", Data($0.1.map(Self.urlSafe))) }
        spellings =
            [
                ("as it is", Data(bytes)), ("percent-encoded", Data(percent.utf8)),
                ("percent-encoded in lower case", Data(percent.replacing(/%../) { $0.output.lowercased() }.utf8)),
                ("percent-encoded twice", Data(percent.replacing("%", with: "%25").utf8)),
                ("hexadecimal", Data(hex.utf8)), ("upper-case hexadecimal", Data(hex.uppercased().utf8)),
                ("in JSON", Data(json.utf8)),
            ] + base64 + base64URL
    }

    /// The first spelling that is there.
    func found(in bytes: Data) -> String? {
        spellings.first { bytes.range(of: $0.pattern) != nil }?.name
    }

    private static let unreserved = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)

    private static func urlSafe(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: byte
        }
    }
}

/// All files below a directory, but those that `isLeftOut`.
func filesBelow(_ root: String, leavingOut isLeftOut: (String) -> Bool) -> [String: Data] {
    var files: [String: Data] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() where !isLeftOut(name) {
        if let content = FileManager.default.contents(atPath: "\(root)/\(name)") { files[name] = content }
    }
    return files
}
