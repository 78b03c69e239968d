// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Hummingbird
import Logging
import Synchronization

/// What an operation answered, over the socket or in process.
package struct AdminAnswer: Sendable {
    package let status: Int
    package let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

extension AdminAPI {
    /// Performs one operation without a listener: the very router the admin socket serves.
    /// - Parameter target: path and query.
    package func perform(
        method: HTTPRequest.Method, target: String, body: [UInt8]
    ) async throws -> AdminAnswer {
        let request = Request(
            head: HTTPRequest(method: method, scheme: nil, authority: nil, path: target),
            body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let response = try await router().buildResponder().respond(to: request, context: AdminContext(logger: .silent))
        let collected = CollectedBody()
        try await response.body.write(collected)
        return AdminAnswer(status: response.status.code, body: collected.bytes)
    }
}

private final class CollectedBody: ResponseBodyWriter, Sendable {
    private let buffer = Mutex(ByteBuffer())

    var bytes: [UInt8] { buffer.withLock { Array($0.readableBytesView) } }

    func write(_ part: ByteBuffer) {
        buffer.withLock { _ = $0.writeImmutableBuffer(part) }
    }

    func finish(_ trailingHeaders: HTTPFields?) {}
}
