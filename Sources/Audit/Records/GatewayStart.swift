// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The gateway begins to serve.
package struct GatewayStart: Sendable, Equatable {
    package var version: String
    package var process: Int

    package init(version: String, process: Int) {
        self.version = version
        self.process = process
    }
}

/// What was put right: at a start, or when the disk came back.
package struct RecoveryNote: Sendable, Equatable {
    package var reason: String

    /// Segment whose tail was repaired, and how many bytes were moved to the `.torn` file beside it.
    package var segment: UInt64?
    package var tornBytes: Int
    package var openIntents: Int

    /// Appends refused while the journal was unavailable.
    package var refused: Int

    /// Changes that happened meanwhile and have no record, because too many had to be kept.
    package var lostChanges: Int

    package init(
        reason: String, segment: UInt64? = nil, tornBytes: Int = 0, openIntents: Int = 0, refused: Int = 0,
        lostChanges: Int = 0
    ) {
        self.reason = reason
        self.segment = segment
        self.tornBytes = tornBytes
        self.openIntents = openIntents
        self.refused = refused
        self.lostChanges = lostChanges
    }
}
