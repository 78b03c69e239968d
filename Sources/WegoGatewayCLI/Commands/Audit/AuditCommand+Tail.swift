// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Audit
import Foundation

extension AuditCommand {
    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the last records, and with --follow those that come.",
            discussion: """
                With --json the lines are shown as they stand in the segment, so that their hashes can be checked.

                Example:
                  wego-gateway audit tail --follow --caller billing
                """)

        @Option(name: [.customShort("n"), .customLong("lines")], help: ArgumentHelp("How many.", valueName: "count")) var count =
            20
        @Flag(name: .shortAndLong, help: "Wait for more, until interrupted or not read any more.") var follow = false
        @OptionGroup var filter: RecordFilter
        @OptionGroup var place: JournalPlace
        @OptionGroup var global: GlobalOptions

        /// Between two looks for new records, in milliseconds.
        private static let pause: Int32 = 200

        func validate() throws {
            guard (0...100_000).contains(count) else { throw ValidationError("--lines: expected 0 to 100000.") }
        }

        func run() async throws {
            let settings = try global.settings()
            let query = filter.query(user: try await filter.pseudonym(settings)?.user)
            let (directories, count, follow, isJSON) = (place.directories(settings), count, follow, global.json)
            try await Blocking.run {
                Result { () throws(JournalOpenError) in
                    let (entries, reader) = try JournalReader.tail(
                        directories: directories, count: count, matching: query)
                    for entry in entries { Self.show(entry, isJSON) }
                    guard follow else { return }
                    try reader.follow(
                        matching: query, waiting: { Terminal.pause(Self.pause) }, { Self.show($0, isJSON) })
                }
            }.get()
        }

        private static func show(_ entry: JournalEntry, _ isJSON: Bool) {
            Terminal.line(isJSON ? entry.text : EntryLine(entry).text)
        }
    }
}
