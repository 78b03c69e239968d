// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import OAuth1
import Testing

/// The header of a request, without a look at its signature.
struct AuthorizationHeaderText {
    private let header: AuthorizationHeader

    init(_ request: TransferRequest) throws {
        header = try AuthorizationHeader.parse(Array(try #require(request.header("authorization")).utf8))
    }

    func value(_ name: String) -> String? { header.value(name).map { String(decoding: $0, as: UTF8.self) } }
}
