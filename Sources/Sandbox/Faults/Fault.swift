// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Something that goes wrong on purpose.
struct Fault: Sendable {
    /// Which requests it strikes. What is nil fits everything.
    struct Match: Sendable, Hashable {
        var method: String?
        /// Compared with the beginning of the raw path.
        var pathPrefix: String?
        /// The owner of the token that the request names, even if its signature is wrong.
        var user: String?

        func fits(method: String, path: Substring, user: String?) -> Bool {
            (self.method ?? method) == method && path.hasPrefix(pathPrefix ?? "")
                && (self.user == nil || self.user == user)
        }
    }

    enum Effect: Sendable {
        /// This answer instead of the service's own; nothing is performed.
        case answer(ScriptedAnswer)
        /// The connection ends.
        case cut(Cut)
        /// Seconds by which the service's clock is off, in its checks and in `Date`.
        case skew(Int64)
        /// Bytes that follow a good answer on the then idle connection.
        case stray([UInt8])
    }

    /// Where a connection ends.
    enum Cut: String, Sendable, CaseIterable {
        /// The request was read, and nothing was done.
        case afterRead = "after-read"
        /// The operation was performed; no byte of the answer leaves.
        case beforeHead = "before-head"
        /// Performed; half of the header section leaves.
        case midHead = "mid-head"
        /// Performed; the header section and half of the body leave.
        case midBody = "mid-body"
    }

    struct ScriptedAnswer: Sendable {
        var status: Int
        var body: [UInt8] = []
        var fields: [(name: String, value: String)] = []
    }

    var match = Match()
    /// Nil only delays.
    var effect: Effect?
    /// How long the answer is held back; the operation is performed before.
    var delay = Duration.zero
    /// As it was scripted, for the list of faults.
    let description: String
}
