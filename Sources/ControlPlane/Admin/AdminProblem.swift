// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird
import StrictJSON

/// Why an operation was refused, as an RFC 9457 problem document.
package struct AdminProblem: Error, Sendable, Equatable {
    package let status: Int
    /// The stable end of the type URI: `not-found`.
    package let kind: String
    package let title: String
    /// What happened, and what to do next.
    package let detail: String

    package init(status: Int, kind: String, title: String, detail: String) {
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
    }

    package static let typePrefix = "urn:wego-gateway:problem:"
    package static let mediaType = "application/problem+json"

    package static func invalid(_ detail: String) -> AdminProblem {
        AdminProblem(status: 400, kind: "invalid-request", title: "The request is not valid.", detail: detail)
    }
}

extension AdminProblem {
    /// The one table from custody's errors to answers.
    package init(_ error: CustodyError) {
        let (status, kind, title) =
            switch error {
            case .notFound: (404, "not-found", "There is no such entry.")
            case .alreadyExists: (409, "already-exists", "The name is taken.")
            case .invalid: (400, "invalid-request", "The request is not valid.")
            case .stillInUse: (409, "still-in-use", "The entry is still in use.")
            case .limitReached: (409, "limit-reached", "The store takes no more of these.")
            case .missing: (503, "store-missing", "There is no custody store.")
            case .wrongRootKey: (503, "wrong-root-key", "The root key does not belong to this store.")
            case .inUse: (503, "store-in-use", "The custody store is in use.")
            case .newerFormat: (503, "store-too-new", "The custody store needs a newer version.")
            case .tampered: (500, Self.tamperedKind, "The custody store was tampered with.")
            case .storage: (500, "storage-failed", "The custody store could not be used.")
            }
        self.init(status: status, kind: kind, title: title, detail: error.explanation)
    }

    package static let tamperedKind = "store-tampered"

    package var tree: JSONTree {
        .members([
            "type": .string(Self.typePrefix + kind), "title": .string(title), "status": .int(Int64(status)),
            "detail": .string(detail),
        ])
    }

    /// Nil unless `body` is a problem document with these members.
    package init?(body: [UInt8]) {
        guard let root = try? JSONDocument.parse(body).root, let type = root["type"]?.string,
            type.hasPrefix(Self.typePrefix), case .number(let status)? = root["status"]?.kind, let code = Int(status)
        else { return nil }
        self.init(
            status: code, kind: String(type.dropFirst(Self.typePrefix.count)), title: root["title"]?.string ?? "",
            detail: root["detail"]?.string ?? "")
    }
}

extension AdminProblem: ResponseGenerator {
    package var httpStatus: HTTPResponse.Status { .init(code: status) }

    package func response(from request: Request, context: some RequestContext) -> Response {
        Response(
            status: httpStatus, headers: [.contentType: Self.mediaType],
            body: .init(byteBuffer: ByteBuffer(bytes: tree.bytes)))
    }
}
