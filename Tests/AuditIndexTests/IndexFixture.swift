// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Foundation
import TestSupport
import Testing

@testable import AuditIndex

/// A journal with small segments in a temporary directory, and the file of an index beside it.
struct IndexFixture: Sendable {
    let home: TemporaryDirectory
    var moment: Int64 = 1_787_304_600_000_001
    let alice: UserPseudonym
    let bob: UserPseudonym

    init() throws {
        home = try TemporaryDirectory("index")
        let pseudonyms = try #require(Pseudonyms(key: Array(repeating: 7, count: 32)))
        alice = pseudonyms.user(tenant: "acme", name: "alice", salt: [1])
        bob = pseudonyms.user(tenant: "acme", name: "bob", salt: [2])
    }

    var directory: String { home.file("journal") }
    var path: String { home.file("index.sqlite") }

    func open(disk: any JournalDisk = POSIXDisk()) throws -> Journal {
        var configuration = JournalConfiguration(directory: directory)
        configuration.segmentBytes = 8 * 1024
        configuration.outcomeReserve = 256 * 1024
        configuration.maximumOpenIntents = 64
        configuration.stallLimit = .seconds(3600)
        let moment = moment
        return try Journal.open(configuration, disk: disk, clock: { moment })
    }

    func index() throws -> RecordIndex {
        try RecordIndex(path: path, directories: [directory])
    }

    func begin(
        _ journal: Journal, _ requestID: String, caller: String = "billing", user: UserPseudonym? = nil, time: Int64 = 0
    ) throws {
        var intent = CallIntent(requestID: requestID, method: "GET")
        intent.tenant = "acme"
        intent.caller = caller
        intent.user = user ?? alice
        intent.route = "/meters"
        try journal.appendAndWait([JournalRecord(time: moment + time, content: .intent(intent))], until: .written)
    }

    func end(_ journal: Journal, _ requestID: String, status: Int = 200, time: Int64 = 0) throws {
        var outcome = CallOutcome(requestID: requestID, result: .answered)
        outcome.status = status
        try journal.appendAndWait([JournalRecord(time: moment + time, content: .outcome(outcome))], until: .written)
    }

    func call(
        _ journal: Journal, _ requestID: String, caller: String = "billing", user: UserPseudonym? = nil, time: Int64 = 0
    ) throws {
        try begin(journal, requestID, caller: caller, user: user, time: time)
        try end(journal, requestID, time: time)
    }
}
