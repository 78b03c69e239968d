// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import Gateway
import Hummingbird
import Logging
import NIOPosix
import StrictJSON

/// Writes down every change before it is made and when it has ended, whatever operation makes it. What cannot be
/// recorded is not done.
struct RecordingMiddleware: RouterMiddleware {
    typealias Context = AdminContext

    let journal: any ChangeJournal
    let custody: any CustodyStore
    let chance: SystemChance
    let logger: Logger
    /// Of a request body, in bytes.
    let maximumBody: Int

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.method != .get, request.method != .head else { return try await next(request, context) }
        var request = request
        let body = try await request.collectBody(upTo: maximumBody)
        guard let change = change(request, context, body) else { return try await next(request, context) }
        var writing = Writing(
            change: change, actor: await context.actor(), requestID: String(decoding: chance.token(), as: UTF8.self))
        writing = try await begin(writing)
        do {
            let response = try await next(request, context)
            try await end(writing)
            return response
        } catch let problem as AdminProblem where problem == .endNotRecorded {
            throw problem
        } catch {
            await fail(writing, ProblemMiddleware.kind(of: error))
            throw error
        }
    }

    private func change(_ request: Request, _ context: Context, _ body: ByteBuffer) -> AdminChange? {
        AdminChange(
            method: request.method, endpoint: context.endpointPath, name: try? context.segment("name"),
            kind: try? context.segment("kind"), tenant: request.uri.queryParameters.get("tenant").map { String($0) },
            body: (try? JSONDocument.parse(Array(body.readableBytesView)))?.root, snapshot: custody.snapshot)
    }

    /// A change on its way.
    private struct Writing: Sendable {
        var change: AdminChange
        let actor: String
        let requestID: String
        var object: AdminEvent.Object?
        var old: Fingerprint?

        func event(_ object: AdminEvent.Object, _ result: AdminEvent.Result) -> AdminEvent {
            var event = AdminEvent(
                actor: actor, action: change.action, object: object, tenant: change.tenant?.rawValue)
            event.requestID = requestID
            event.result = result
            event.old = old
            return event
        }
    }

    private func begin(_ writing: Writing) async throws -> Writing {
        try await blocking { [journal, custody] in
            var writing = writing
            if writing.change.subject == .quarantined {
                let identifier = writing.change.name
                writing.change = writing.change.about(
                    try custody.quarantined(in: nil).first { $0.identifier == identifier })
            }
            let entry = writing.change.entry(in: custody.snapshot, try journal.pseudonyms())
            writing.object = entry.object
            writing.old = entry.state
            try journal.record(writing.event(entry.object, .begun))
            return writing
        }
    }

    private func end(_ writing: Writing) async throws {
        try await blocking { [journal, custody, logger] in
            do throws(AdminProblem) {
                let entry = writing.change.entry(in: custody.snapshot, try journal.pseudonyms())
                // A home user that is gone has no pseudonym any more.
                let object = entry.object.name == nil ? writing.object ?? entry.object : entry.object
                var event = writing.event(object, .done)
                event.new = entry.state
                try journal.record(event)
            } catch {
                logger.error("The end of a change could not be recorded.", metadata: ["detail": "\(error.detail)"])
                throw AdminProblem.endNotRecorded
            }
        }
    }

    /// Nothing was changed; a record that is missing then leaves open what became of it, and no more.
    private func fail(_ writing: Writing, _ problem: String) async {
        _ = try? await blocking { [journal, custody, logger] in
            do throws(AdminProblem) {
                let names = try journal.pseudonyms()
                let object = writing.object ?? writing.change.entry(in: custody.snapshot, names).object
                var event = writing.event(object, .failed)
                event.problem = problem
                event.new = writing.old
                try journal.record(event)
            } catch {
                logger.error("The end of a change could not be recorded.", metadata: ["detail": "\(error.detail)"])
            }
        }
    }

    private func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await NIOThreadPool.singleton.runIfActive(body)
    }
}
