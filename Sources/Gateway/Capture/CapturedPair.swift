// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import Secrets
import StrictJSON

/// The token pair in the answer to a creation, and the answer without it.
struct CapturedPair: Sendable {
    let token: Secret
    let tokenSecret: Secret

    /// The answer's bytes with the two members cut out and nothing else changed; an empty object when a copy of either
    /// stands elsewhere in it.
    let remainder: [UInt8]

    /// The documentation says `oauth_token_key`; OAuth itself says `oauth_token`.
    private static let tokenNames = ["oauth_token_key", "oauth_token"]
    private static let secretName = "oauth_token_secret"

    /// Whether a pair may be anywhere in an answer; a second look at what `init` cannot read.
    static func isMentioned(in answer: ByteBuffer) -> Bool {
        answer.readableBytesView.firstRange(of: Array(secretName.utf8)) != nil
    }

    /// Nil when the answer holds no pair where it can be told with certainty: in the object itself or one level down.
    init?(answer: [UInt8]) {
        guard let document = try? JSONDocument.parse(answer) else { return nil }
        let candidates = [document.root] + (document.root.members ?? []).map(\.value)
        let holders = candidates.filter { $0[Self.secretName] != nil }
        guard holders.count == 1, let holder = holders.first, let members = holder.members,
            let secret = holder[Self.secretName]?.string, !secret.isEmpty
        else { return nil }
        let tokens = Self.tokenNames.compactMap { holder[$0]?.string }
        guard let token = tokens.first, tokens.count == 1, !token.isEmpty else { return nil }
        self.token = Secret(utf8: token)
        tokenSecret = Secret(utf8: secret)
        let kept = members.filter { !Self.tokenNames.contains($0.key) && $0.key != Self.secretName }
        let rest = Self.rewrite(document, holder, kept)
        // A copy of either under another name must not pass; nobody needs the rest of such an answer.
        let isClean = rest.firstRange(of: Array(token.utf8)) == nil && rest.firstRange(of: Array(secret.utf8)) == nil
        remainder = isClean ? rest : Array("{}".utf8)
    }

    /// Writes the holder anew from its remaining members, each as it was written; all around it stays byte for byte.
    private static func rewrite(
        _ document: JSONDocument, _ holder: JSONValue, _ members: [(key: String, value: JSONValue)]
    ) -> [UInt8] {
        var out = Array(document.bytes[..<holder.range.lowerBound])
        out.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSONText.append(quoted: member.key, to: &out)
            out.append(UInt8(ascii: ":"))
            out.append(contentsOf: document.rawBytes(of: member.value))
        }
        out.append(UInt8(ascii: "}"))
        out.append(contentsOf: document.bytes[holder.range.upperBound...])
        return out
    }
}
