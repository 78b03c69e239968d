// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import Gateway
import RateLimits

/// Takes over what an earlier process left: its file, and after a crash the calls that its journal has and the file has not.
struct LimitRestoration {
    let limiter: Limiter
    let rules: LimitRules
    let snapshot: Snapshot
    let pseudonyms: Pseudonyms

    /// Blocks. The answer is how many calls of the journal were counted again.
    func run(_ file: LimitFile, journal directories: [String], _ moment: LimitMoment) throws -> Int {
        guard let records = try file.read() else { return 0 }
        limiter.restore(records, moment)
        guard records.mark > 0, rules.haveLongWindows(in: snapshot) else { return 0 }
        return try recount(since: records, in: directories, moment)
    }

    private func recount(since records: LimitRecords, in directories: [String], _ moment: LimitMoment) throws -> Int {
        let names = namesByPseudonym()
        let position = JournalPosition(segment: records.mark, offset: 0, sequence: 0)
        let reader = try JournalReader(directories: directories, from: position)
        var count = 0
        while let entry = try reader.next() {
            let time = entry.time * 1000
            guard entry.kind == .intent, time > records.written, let tenant = entry.facts.tenant else { continue }
            let user = entry.facts.user.flatMap { names[$0] }
            let caller = entry.facts.caller
            var subjects = rules.subjects(homeUser: user, caller: caller, tenant: tenant, in: snapshot)
            // What the gateway asks by itself, or for a browser that comes back, counts on the consumer alone.
            if caller == nil || caller == CallRecord.gatewayCaller {
                subjects = LimitSubjects(consumer: subjects.consumer)
            }
            limiter.recount(subjects, at: time, moment)
            count += 1
        }
        return count
    }

    private func namesByPseudonym() -> [String: HomeUserName] {
        var names: [String: HomeUserName] = [:]
        for user in snapshot.homeUsers() {
            guard let salt = snapshot.homeUser(user.name, in: user.tenant)?.keyIdentifier else { continue }
            let pseudonym = pseudonyms.user(
                tenant: user.tenant.rawValue, name: user.name.rawValue, salt: salt.utf8)
            names[pseudonym.text] = user.name
        }
        return names
    }
}
