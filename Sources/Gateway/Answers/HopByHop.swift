// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

/// Tells end-to-end fields of an answer from those that end here (RFC 9110 section 7.6.1).
struct HopByHop {
    private let head: AnswerHead

    /// Named by `Connection` fields.
    private let named: [ArraySlice<UInt8>]

    init(_ head: AnswerHead) {
        self.head = head
        var named: [ArraySlice<UInt8>] = []
        head.forEachField { name, value in
            guard name.isEqualIgnoringCase(to: "connection".utf8) else { return }
            for option in value.split(separator: UInt8(ascii: ",")) {
                let option = Self.trimmed(option)
                // The usual options name fields that are always held back.
                if !Self.isWithheld(option) { named.append(option) }
            }
        }
        self.named = named
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
        !Self.isWithheld(name) && !Self.isOwn(name) && !named.contains { name.isEqualIgnoringCase(to: $0) }
    }

    /// Grouped by length, so that most names are compared with none. A session cookie of WegoWise is held back too: its
    /// bearer could act as the user without passing through here.
    private static func isWithheld(_ name: ArraySlice<UInt8>) -> Bool {
        func isNamed(_ text: StaticString) -> Bool {
            name.isEqualIgnoringCase(to: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
        switch name.count {
        case 2: return isNamed("te")
        case 7: return isNamed("trailer") || isNamed("upgrade")
        case 9: return isNamed("ratelimit")
        case 10: return isNamed("connection") || isNamed("keep-alive") || isNamed("set-cookie")
        case 11: return isNamed("set-cookie2")
        case 14: return isNamed("content-length")
        case 16: return isNamed("proxy-connection") || isNamed("ratelimit-policy")
        case 17: return isNamed("transfer-encoding")
        case 18: return isNamed("proxy-authenticate")
        case 19: return isNamed("proxy-authorization")
        default: return false
        }
    }

    /// Only the gateway says these.
    private static func isOwn(_ name: ArraySlice<UInt8>) -> Bool {
        name.count > 13 && name.prefix(13).isEqualIgnoringCase(to: "wego-gateway-".utf8)
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text.drop { $0 == 0x20 || $0 == 0x09 }.prefix { $0 != 0x20 && $0 != 0x09 }
    }
}
