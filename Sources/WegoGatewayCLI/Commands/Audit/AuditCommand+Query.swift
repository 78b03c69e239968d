// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Audit
import AuditIndex
import Foundation

extension AuditCommand {
    struct Query: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Search calls, denials and changes.",
            discussion: """
                Answers come from an index beside the store, which is brought up to date first; it can be thrown away \
                (`audit reindex`). A call and its outcome are one row. Home users stand under their pseudonyms: a name is \
                looked up in the store, and that of a destroyed user cannot be found any more.

                Examples:
                  wego-gateway audit query --caller billing --from 24h --status 5xx
                  wego-gateway audit query --request-id 5f0c...
                  wego-gateway audit query --user alice --receipts
                """)

        @OptionGroup var filter: RecordFilter
        @Option(help: ArgumentHelp("The most rows to show.", valueName: "count")) var limit = 100
        @Flag(help: "The oldest first instead of the newest.") var oldestFirst = false
        @Flag(help: "Print comma-separated values (RFC 4180).") var csv = false
        @Flag(help: "Show which service touched the data of --user, on which routes, when and how often.")
        var receipts = false
        @OptionGroup var index: IndexOptions
        @OptionGroup var place: JournalPlace
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit: expected 1 to 1000000.") }
            guard !(csv && global.json) else { throw ValidationError("Choose one of --csv and --json.") }
            guard !receipts || filter.user != nil else { throw ValidationError("--receipts needs --user.") }
            guard !receipts || !csv else { throw ValidationError("Receipts are printed as text or with --json.") }
            guard !receipts || filter.tenant != nil || filter.user.flatMap({ UserPseudonym($0) }) == nil else {
                throw ValidationError("With a pseudonym --receipts needs --tenant, too.")
            }
        }

        func run() async throws {
            let settings = try global.settings()
            let found = try await filter.pseudonym(settings)
            let query = filter.query(user: found?.user)
            let (limit, order) = (limit, oldestFirst ? RecordOrder.oldestFirst : .newestFirst)
            let directories = place.directories(settings)
            let person = receipts ? found : nil
            let answer = try await index.with(settings, directories, isElsewhere: !place.directory.isEmpty) {
                index throws(AuditIndexError) -> Answer in
                UnreadableLines(count: try index.unreadableLines()).warn()
                if let person {
                    let tenant = person.tenant ?? ""
                    return .receipts(try index.receipts(tenant: tenant, user: person.user, matching: query))
                }
                let found = try index.query(query, limit: limit + 1, order: order)
                if found.count > limit { Self.warnOfMore(than: limit, order) }
                return .records(Array(found.prefix(limit)))
            }
            answer.show(asJSON: global.json, asCSV: csv)
        }

        private static func warnOfMore(than limit: Int, _ order: RecordOrder) {
            let which = order == .newestFirst ? "newest" : "oldest"
            Terminal.write(
                "There are more: only the \(which) \(limit) rows are shown. Ask for more with --limit.\n", to: .errors)
        }
    }

    /// What a query found.
    enum Answer: Sendable {
        case records([IndexedRecord])
        case receipts([AccessReceipt])

        func show(asJSON isJSON: Bool, asCSV isCSV: Bool) {
            switch self {
            case .records(let records) where isJSON: for record in records { Terminal.line(record.json) }
            case .records(let records) where isCSV:
                Terminal.write(
                    ([IndexedRecord.csvHeader] + records.map(\.csv)).joined(separator: "\r\n") + "\r\n", to: .output)
            case .records(let records): Self.show(RecordTable.text(records))
            case .receipts(let receipts) where isJSON: for receipt in receipts { Terminal.line(receipt.json) }
            case .receipts(let receipts): Self.show(RecordTable.text(receipts))
            }
        }

        private static func show(_ text: String?) {
            guard let text else { return Terminal.write("There are no such records.\n", to: .errors) }
            Terminal.write(text, to: .output)
        }
    }
}
