// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Audit
import ControlPlane
import Custody
import Settings

/// Which records are wanted; all that is given must hold.
struct RecordFilter: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "From this moment on: a date, an RFC 3339 time, or how long ago (2h, 7d).", valueName: "time"))
    var from: String?
    @Option(help: ArgumentHelp("Before this moment, likewise.", valueName: "time")) var until: String?
    @Option(help: ArgumentHelp("The tenant.", valueName: "name")) var tenant: String?
    @Option(
        help: ArgumentHelp("The home user: its name, or its pseudonym in the journal (usr_...).", valueName: "name"))
    var user: String?
    @Option(help: ArgumentHelp("The caller.", valueName: "name")) var caller: String?
    @Option(help: ArgumentHelp("The route's template, like /api/v1/wego_home/building.", valueName: "route"))
    var route: String?
    @Option(help: ArgumentHelp("A status, a range (400-499) or a class (5xx).", valueName: "status")) var status:
        String?
    @Option(help: ArgumentHelp("forwarded or refused.", valueName: "decision")) var decision: String?
    @Option(help: ArgumentHelp("The Wego-Gateway-Request-Id of an answer.", valueName: "id")) var requestId: String?

    func validate() throws {
        for (name, text) in [("--from", from), ("--until", until)] where text != nil {
            guard MomentArgument.microseconds(text ?? "", now: 0) != nil else {
                throw ValidationError(
                    "\(name): expected a date (2031-05-04), an RFC 3339 time (2031-05-04T03:02:01Z) or how long ago (2h)."
                )
            }
        }
        guard status == nil || StatusArgument.range(status ?? "") != nil else {
            throw ValidationError("--status: expected a status like 404, a range like 400-499 or a class like 5xx.")
        }
        guard decision == nil || JournalQuery.Decision(rawValue: decision ?? "") != nil else {
            throw ValidationError("--decision: expected forwarded or refused.")
        }
    }

    /// - Parameter user: what `pseudonym` found.
    func query(user: UserPseudonym?) -> JournalQuery {
        var query = JournalQuery()
        let now = JournalClock.utc
        query.from = from.flatMap { MomentArgument.microseconds($0, now: now) }
        query.until = until.flatMap { MomentArgument.microseconds($0, now: now) }
        query.tenant = tenant
        query.user = user
        query.caller = caller
        query.route = route
        query.status = status.flatMap { StatusArgument.range($0) }
        query.decision = decision.flatMap { JournalQuery.Decision(rawValue: $0) }
        query.requestID = requestId
        return query
    }

    /// The home user's name in the journal, and its tenant as far as it is known; nil when no user is asked for.
    ///
    /// A name is looked up by the gateway, or in the store: the journal alone does not tell.
    func pseudonym(_ settings: GatewaySettings) async throws -> (user: UserPseudonym, tenant: String?)? {
        guard let user else { return nil }
        if let pseudonym = UserPseudonym(user) { return (pseudonym, tenant) }
        let answer = try await look(for: user, settings)
        guard let text = answer.pseudonym, let pseudonym = UserPseudonym(text) else {
            throw CommandFailure(.unavailable, "The gateway's answer is not understood. Is it of another version?")
        }
        return (pseudonym, answer.tenant)
    }

    private func look(
        for user: String, _ settings: GatewaySettings
    ) async throws -> (pseudonym: String?, tenant: String?) {
        do {
            return try await AdminConnection.with(settings) { admin in
                let found = try await admin.send(.get, ["users", user, "pseudonym"], query: [("tenant", tenant)])
                return (found["pseudonym"]?.string, found["tenant"]?.string)
            }
        } catch let problem as AdminProblem where problem.status < 500 {
            throw problem
        } catch {
            let reason = CommandFailure(error)?.what ?? "\(error)"
            throw CommandFailure(
                .unavailable, "A home user's name is looked up in the custody store, which is not available: \(reason)",
                next: "Run this where the gateway runs, or give the user's pseudonym (usr_...) instead of its name.")
        }
    }
}

/// A status, a range of statuses or a class.
enum StatusArgument {
    static func range(_ text: String) -> ClosedRange<Int>? {
        if text.count == 3, text.lowercased().hasSuffix("xx"), let hundreds = text.first?.wholeNumberValue {
            return (1...5).contains(hundreds) ? hundreds * 100...hundreds * 100 + 99 : nil
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count <= 2, let first = parts.first ?? nil, let last = parts.last ?? nil, first <= last,
            (100...999).contains(first), (100...999).contains(last)
        else { return nil }
        return first...last
    }
}
