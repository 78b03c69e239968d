// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import StrictJSON

/// The body of `POST /users/{user}/connect`. All members may be absent, and so may the body.
struct ConnectRequest: Sendable, Equatable {
    let consumer: ConsumerName?
    let returnTo: String?
    let mode: OAuthSession.Mode

    init(_ body: [UInt8]) throws(GatewayError) {
        guard !body.isEmpty else {
            (consumer, returnTo, mode) = (nil, nil, .browser)
            return
        }
        let members = try ConnectMembers(body, known: ["consumer", "return_to", "mode"])
        let consumer = try members.text("consumer").map { text throws(GatewayError) in
            guard let name = ConsumerName(text) else { throw .connect(.consumerUnknown("(not a valid name)")) }
            return name
        }
        let mode = try members.text("mode").map { text throws(GatewayError) in
            guard let mode = OAuthSession.Mode(rawValue: text) else {
                throw .connect(.badRequest(pointer: "/mode", expected: "\"browser\" or \"oob\""))
            }
            return mode
        }
        self.consumer = consumer
        self.mode = mode ?? .browser
        returnTo = try members.text("return_to")
        guard self.mode == .browser || returnTo == nil else {
            throw .connect(
                .badRequest(pointer: "/return_to", expected: "none with mode \"oob\", since no browser comes back"))
        }
    }
}
