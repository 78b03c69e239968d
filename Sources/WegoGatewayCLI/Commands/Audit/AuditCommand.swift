// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Audit
import Settings

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read, search and verify the audit journal.",
        discussion: """
            The journal's segments are plain JSON lines; these commands read them from the directories of the \
            configuration, also while the gateway runs and also compressed ones.

            Examples:
              wego-gateway audit tail --follow
              wego-gateway audit query --user alice --from 7d
              wego-gateway audit query --user alice --receipts
              wego-gateway audit query --status 5xx --csv
              wego-gateway audit export --from 2031-05-01 > may.jsonl
              wego-gateway audit verify --public-key /safe/place/audit.pub
            """,
        subcommands: [Tail.self, Query.self, Export.self, Verify.self, Reindex.self])
}

/// Where the segments are.
struct JournalPlace: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A directory with segments, instead of those of the configuration. Repeat it for a second one.",
            valueName: "directory"))
    var directory: [String] = []

    func directories(_ settings: GatewaySettings) -> [String] {
        directory.isEmpty ? settings.auditDirectoryPaths : directory
    }
}
