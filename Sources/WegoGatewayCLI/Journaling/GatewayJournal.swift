// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import ControlPlane
import Custody
import Gateway
import Logging
import Settings

/// A running gateway's journal, and the names under which home users stand in it.
struct GatewayJournal: ChangeJournal {
    let journal: Journal
    let names: Pseudonyms

    /// Blocks; when it returns, the start is recorded, what changed in the configuration since the
    /// last one, and what the store had to settle.
    static func open(_ settings: GatewaySettings, _ store: SQLiteStore, _ logger: Logger) throws -> GatewayJournal {
        let log = JournalLog(logger: logger)
        let journal = try JournalOpening.open(settings, for: .gateway) { log.note($0) }
        do {
            let names = try Pseudonyms.load(from: store)
            let changes = LifeCycleRecord(
                journal: AuditTrail(journal) { _ in }, pseudonyms: names, requestID: "", caller: nil)
            store.observeSettling { changes.record($0) }
            try store.settle()
            try ConfigurationRecord(settings, names).note(in: store, journal)
            logger.notice(
                "The audit journal is open.",
                metadata: [
                    "directory": "\(settings.auditDirectoryPath)", "durability": "\(journal.durability.rawValue)",
                ])
            return GatewayJournal(journal: journal, names: names)
        } catch {
            journal.stop(reason: "the gateway could not start")
            throw error
        }
    }

    func record(_ event: AdminEvent) throws(AdminProblem) {
        do throws(JournalError) {
            try journal.appendAdmin(event, time: JournalClock.utc)
        } catch {
            throw AdminProblem(error)
        }
    }

    func pseudonyms() throws(AdminProblem) -> Pseudonyms { names }

    /// What `/readyz` says; nil when all is well.
    var problem: String? { journal.status.health.problem.map { "\($0)" } }

    /// More of it in `/readyz`, while the second directory is in use: why the first is not. Nil when it is.
    var detail: JSONTree? {
        journal.status.fallback.map { .members(["in_second_directory": .string("\($0)")]) }
    }
}
