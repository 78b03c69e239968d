// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension JournalState {
    /// When the next checkpoint is due; nil when all that is durable is signed for.
    var checkpointDue: UInt64? {
        guard durable.sequence > checkpointed, !hasGivenUpSigning else { return nil }
        if isCheckpointForced || durable.sequence - checkpointed >= rules.checkpointRecords { return 0 }
        return isStopped && isDrained ? 0 : checkpointAt
    }

    /// The chain to sign for. Only what is durable is ever signed for.
    mutating func beginCheckpoint(now: UInt64) -> ChainState? {
        guard let due = checkpointDue, now >= due else { return nil }
        isCheckpointForced = false
        hasGivenUpSigning = isStopped && isDrained
        checkpointAt = now + rules.checkpointInterval
        return durable
    }

    mutating func signed(_ chain: ChainState) {
        checkpointed = max(checkpointed, chain.sequence)
    }

    mutating func couldNotSign(path: String, reason: String) {
        counts.failedCheckpoints += 1
        events.append(.checkpointFailed(path: path, reason: reason))
    }

    var isDrained: Bool { pending.isEmpty && writing == nil && unsynced.isEmpty }

    var status: JournalStatus {
        JournalStatus(
            health: health, sequence: chain.sequence, durableSequence: durable.sequence, checkpointed: checkpointed,
            openIntents: open.count, segment: current?.number, fallback: fallback, counts: counts)
    }
}
