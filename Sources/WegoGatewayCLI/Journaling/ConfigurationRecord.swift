// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import ControlPlane
import Custody
import Settings

/// The configuration as fingerprints, key by key: what changed since the last start is recorded, and no value is.
struct ConfigurationRecord {
    /// Key path and fingerprint, in the order of the table.
    let entries: [(key: String, value: String)]

    /// Of all keys together.
    private let whole: Fingerprint

    init(_ settings: GatewaySettings, _ pseudonyms: Pseudonyms) {
        entries = SettingsTable.keys.map { key in
            (key.path, pseudonyms.fingerprint("configuration", of: key.text(settings).utf8).text)
        }
        whole = pseudonyms.fingerprint("all-configuration", of: Self.text(entries).utf8)
    }

    /// One `key fingerprint` a line.
    var text: String { Self.text(entries) }

    private static func text(_ entries: [(key: String, value: String)]) -> String {
        entries.map { "\($0.key) \($0.value)\n" }.joined()
    }

    /// What is different from `noted`. A first start is one change of all keys together.
    func changes(since noted: String) -> [AdminEvent] {
        guard !noted.isEmpty else { return [event("(all keys)", nil, whole.text)] }
        let old = Self.parse(noted)
        let now = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
        return Set(old.keys).union(now.keys).sorted().filter { old[$0] != now[$0] }
            .map { event($0, old[$0], now[$0]) }
    }

    /// Blocks. Recorded first: cut short between the two, the next start records it again.
    func note(in store: SQLiteStore, _ journal: Journal) throws {
        let noted = try store.notedConfiguration()
        guard noted != text else { return }
        for change in changes(since: noted) {
            do throws(JournalError) {
                try journal.appendAdmin(change, time: JournalClock.utc)
            } catch {
                throw AdminProblem(error)
            }
        }
        try store.noteConfiguration(text)
    }

    private func event(_ key: String, _ old: String?, _ new: String?) -> AdminEvent {
        var event = AdminEvent(actor: "gateway", action: .change, object: .configuration(key))
        event.old = old.flatMap { Fingerprint($0) }
        event.new = new.flatMap { Fingerprint($0) }
        return event
    }

    private static func parse(_ text: String) -> [String: String] {
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let words = line.split(separator: " ")
            return words.count == 2 ? (String(words[0]), String(words[1])) : nil
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
