// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import NIOHTTP1
import RateLimits

/// What a caller asks of its call's turn, in fields of the request.
struct CallWishes: Sendable, Equatable {
    /// Whole seconds that it would rather wait than be refused (`Prefer: wait`, RFC 7240 section 4.3); nil if it does not say.
    var wait: Int?
    var priority = CallPriority.interactive

    static let none = CallWishes()

    /// A longer wait than this is taken for a mistake, in seconds.
    static let longestWait = 3600
    static let priorityField = "Wego-Gateway-Priority"

    init() {}

    init(_ headers: HTTPHeaders) throws(GatewayError) {
        if headers.contains(name: "prefer") { wait = try Self.wait(headers["prefer"]) }
        let priorities = headers[Self.priorityField]
        guard let text = priorities.first else { return }
        guard priorities.count == 1, let priority = CallPriority(rawValue: text) else {
            throw .fieldInvalid(name: Self.priorityField, expected: "'interactive' or 'batch'")
        }
        self.priority = priority
    }

    /// Other preferences are for others.
    private static func wait(_ fields: [String]) throws(GatewayError) -> Int? {
        guard let digits = Preference.first("wait", in: fields)?.value else { return nil }
        guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int(String(decoding: digits, as: UTF8.self)), seconds <= longestWait
        else { throw .fieldInvalid(name: "Prefer", expected: "wait=N with N from 0 to \(longestWait) seconds") }
        return seconds
    }
}

/// How long calls may wait for their turn.
package struct WaitingSettings: Sendable {
    /// For calls that do not say.
    package var usual: Duration
    package var longest: Duration
    package var room: WaitingRoom.Limits

    package init(
        usual: Duration = .zero, longest: Duration = .seconds(20), room: WaitingRoom.Limits = WaitingRoom.Limits()
    ) {
        self.usual = usual
        self.longest = longest
        self.room = room
    }

    func wait(_ wishes: CallWishes) -> Duration {
        min(wishes.wait.map { .seconds($0) } ?? usual, longest)
    }
}
