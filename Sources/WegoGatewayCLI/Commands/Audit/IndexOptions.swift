// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import AuditIndex
import Foundation
import Settings

/// The index that answers come from.
struct IndexOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file of the index; by default audit-index.sqlite in state_directory, or with --directory a temporary one.",
            valueName: "file"))
    var index: String?

    /// Runs `body`, off the cooperative threads, with an index that knows what the journal holds now.
    ///
    /// - Parameter isElsewhere: the segments are not those of the configuration, so the index beside the store is not
    ///   theirs.
    func with<R: Sendable>(
        _ settings: GatewaySettings, _ directories: [String], isElsewhere: Bool, rebuilding: Bool = false,
        _ body: @escaping @Sendable (RecordIndex) throws(AuditIndexError) -> R
    ) async throws -> R {
        let path = index ?? (isElsewhere ? nil : "\(settings.stateDirectoryPath)/audit-index.sqlite")
        return try await Blocking.run {
            Result { () throws(AuditIndexError) in
                let file = path ?? "\(NSTemporaryDirectory())/wego-audit-index-\(UUID().uuidString).sqlite"
                defer { if path == nil { unlink(file) } }
                let index = try RecordIndex(path: file, directories: directories)
                defer { index.close() }
                let bar = ProgressBar("Indexing")
                defer { bar.end() }
                if rebuilding {
                    try index.reindex { bar.show(count: $0, of: "records") }
                } else {
                    try index.update { bar.show(count: $0, of: "records") }
                }
                return try body(index)
            }
        }.get()
    }
}
