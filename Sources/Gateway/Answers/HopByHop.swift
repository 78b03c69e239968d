// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

/// Tells end-to-end fields of an answer from those that end here (RFC 9110 section 7.6.1).
struct HopByHop {
    private let head: AnswerHead

    /// Named by the `Connection` field.
    private let named: [ArraySlice<UInt8>]

    private static let always = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "content-length",
    ].map { Array($0.utf8) }

    /// A session cookie of WegoWise would let its bearer act as the user without passing through here.
    private static let withheld = ["set-cookie", "set-cookie2"].map { Array($0.utf8) }

    /// Only the gateway says these.
    private static let ownPrefix = Array("wego-gateway-".utf8)

    init(_ head: AnswerHead) {
        self.head = head
        named = (head.first("connection") ?? []).split(separator: UInt8(ascii: ",")).map { option in
            let option = option.drop { $0 == 0x20 || $0 == 0x09 }
            return option.prefix { $0 != 0x20 && $0 != 0x09 }
        }
    }

    func forEachEndToEnd(
        keepingLength: Bool, _ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void
    ) {
        head.forEachField { name, value in
            let isKeptLength = keepingLength && name.isEqualIgnoringCase(to: "content-length".utf8)
            if isKeptLength || isEndToEnd(name) { body(name, value) }
        }
    }

    private func isEndToEnd(_ name: ArraySlice<UInt8>) -> Bool {
        !Self.always.contains { name.isEqualIgnoringCase(to: $0) }
            && !Self.withheld.contains { name.isEqualIgnoringCase(to: $0) }
            && !named.contains { name.isEqualIgnoringCase(to: $0) }
            && !name.prefix(Self.ownPrefix.count).isEqualIgnoringCase(to: Self.ownPrefix)
    }
}
