// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Audit

extension AuditCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write records to standard output as they stand in the segments, the oldest first.",
            discussion: """
                One JSON object a line, hashes included. Nothing is changed, and nothing is verified: see `audit verify`. \
                Exit code 3 when not all of it could be written.

                Example:
                  wego-gateway audit export --from 2031-05-01 --until 2031-06-01 | gzip > may.gz
                """)

        @OptionGroup var filter: RecordFilter
        @OptionGroup var place: JournalPlace
        @OptionGroup var global: GlobalOptions

        /// Gathered into one write.
        private static let chunkBytes = 256 * 1024

        func run() async throws {
            let settings = try global.settings()
            let query = filter.query(user: try await filter.pseudonym(settings)?.user)
            let directories = place.directories(settings)
            let unreadable = try await Blocking.run {
                Result { () throws(JournalOpenError) in try Self.write(directories, query) }
            }.get()
            UnreadableLines(count: unreadable).warn()
        }

        /// - Returns: lines that are no records.
        private static func write(_ directories: [String], _ query: JournalQuery) throws(JournalOpenError) -> Int {
            let reader = try JournalReader(directories: directories)
            var out: [UInt8] = []
            while let entry = try reader.next(matching: query) {
                out += entry.line
                out.append(UInt8(ascii: "\n"))
                if out.count >= chunkBytes {
                    Terminal.write(out, to: .output)
                    out.removeAll(keepingCapacity: true)
                    if Terminal.isOutputLost { break }
                }
            }
            Terminal.write(out, to: .output)
            return reader.unreadableLines
        }
    }
}

/// Told on standard error when a journal holds lines that are no records.
struct UnreadableLines {
    let count: Int

    func warn() {
        guard count > 0 else { return }
        Terminal.write(
            "\(count) lines of the journal are no records. Find out more with `wego-gateway audit verify`.\n",
            to: .errors)
    }
}
