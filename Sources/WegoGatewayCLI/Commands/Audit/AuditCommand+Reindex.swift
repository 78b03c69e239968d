// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import AuditIndex
import ControlPlane

extension AuditCommand {
    struct Reindex: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Throw the index away and build it anew from the journal.",
            discussion: """
                Nothing is lost: the index holds nothing that the segments do not.

                Example:
                  wego-gateway audit reindex
                """)

        @OptionGroup var index: IndexOptions
        @OptionGroup var place: JournalPlace
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let settings = try global.settings()
            let unreadable = try await index.with(
                settings, place.directories(settings), isElsewhere: !place.directory.isEmpty, rebuilding: true
            ) { index throws(AuditIndexError) in try index.unreadableLines() }
            UnreadableLines(count: unreadable).warn()
            global.output.done(
                "The index was built anew.",
                .members(["ok": .bool(true), "unreadable_lines": .int(Int64(unreadable))]))
        }
    }
}
