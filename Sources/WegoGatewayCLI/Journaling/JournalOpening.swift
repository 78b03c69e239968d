// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import Settings

/// The audit journal as the configuration names it.
enum JournalOpening {
    /// What a journal is opened for; part of its `start` record.
    enum Purpose {
        case gateway, command

        fileprivate var version: String {
            self == .gateway ? GatewayVersion.text : "\(GatewayVersion.text) (command)"
        }
    }

    /// Blocks until the `start` record is durable.
    static func open(
        _ settings: GatewaySettings, for purpose: Purpose,
        observer: @escaping @Sendable (JournalEvent) -> Void = { _ in }
    ) throws(JournalOpenError) -> Journal {
        var configuration = JournalConfiguration(settings)
        configuration.version = purpose.version
        return try Journal.open(configuration, observer: observer)
    }
}

extension JournalConfiguration {
    /// Calls that may be in flight beside those of client connections: operators' and the gateway's own.
    private static let otherCalls = 64
    private static let largestOutcome = 4096

    init(_ settings: GatewaySettings) {
        self.init(directory: settings.auditDirectoryPath)
        secondDirectory = settings.auditSecondDirectoryPath
        checkpointCopies = settings.auditCheckpointCopiesPath
        keyFile = settings.auditKeyPath
        bookmarkFile = settings.auditBookmarkPath
        durability = JournalDurability(settings.audit.durability)
        segmentBytes = settings.audit.segmentSize.bytes
        segmentAge = settings.audit.segmentAge
        maximumOpenIntents = min(16_384, max(maximumOpenIntents, settings.listen.maxConnections + Self.otherCalls))
        outcomeReserve = max(outcomeReserve, maximumOpenIntents * Self.largestOutcome)
    }
}

extension GatewaySettings {
    /// All directories that may hold segments.
    var auditDirectoryPaths: [String] { [auditDirectoryPath] + (auditSecondDirectoryPath.map { [$0] } ?? []) }
}

extension JournalDurability {
    fileprivate init(_ durability: GatewaySettings.Durability) {
        self =
            switch durability {
            case .strict: .strict
            case .paranoid: .paranoid
            case .relaxed: .relaxed
            }
    }
}

extension Pseudonyms {
    /// With the key that the store keeps sealed.
    static func load(from store: SQLiteStore) throws(CustodyError) -> Pseudonyms {
        let pseudonyms = try store.pseudonymKey().expose { Pseudonyms(key: $0) }
        guard let pseudonyms else { throw .tampered(what: "the key of the audit journal's pseudonyms is too short") }
        return pseudonyms
    }
}
