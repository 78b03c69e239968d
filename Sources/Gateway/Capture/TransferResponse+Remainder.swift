// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore

extension TransferResponse {
    /// The answer with what is left of its body, without the fields that describe the body as it was.
    func withRemainder(_ remainder: ByteBuffer) -> TransferResponse {
        var lines: [UInt8] = []
        head.forEachField { name, value in
            guard !Self.isAboutBytes(name) else { return }
            lines += name + Array(": ".utf8) + value + Array("\r\n".utf8)
        }
        return rewritten(head: AnswerHead(bytes: lines), body: remainder)
    }

    private static func isAboutBytes(_ name: ArraySlice<UInt8>) -> Bool {
        ["etag", "digest", "content-digest", "repr-digest", "content-md5"].contains {
            name.isEqualIgnoringCase(to: $0.utf8)
        }
    }
}
