// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// What is to be done with segments that are complete.
package struct JournalUpkeep: Sendable {
    /// How long records are kept at least; whole segments go when all of their records are older. Nil: for ever.
    package var retention: Duration?

    /// Complete segments are kept compressed (gzip).
    package var compresses = true

    package init(retention: Duration? = nil) {
        self.retention = retention
    }
}

/// What an upkeep has done.
package struct JournalUpkeepReport: Sendable, Equatable {
    package internal(set) var removedSegments = 0
    package internal(set) var compressedSegments = 0
}

extension Journal {
    /// Removes and compresses complete segments. Blocks for as long as the disk takes: a second or so for each segment
    /// that is compressed. Call it now and then, such as every ten minutes, from a thread of its own, never from two,
    /// and not once `stop` was called.
    ///
    /// Before anything is removed an `admin` record and a signed tombstone are durable. Cut short at any point, the
    /// next call goes on.
    ///
    /// A clock that is wrong must not empty the journal. One that is behind the newest segment, or further ahead of it
    /// than it is old, or a segment gets, removes nothing; and no call removes more than one segment beside as many as
    /// were begun since the call before, so that a clock put forward for good leaves time to notice.
    ///
    /// - Parameter now: microseconds since 1970.
    package func upkeep(_ upkeep: JournalUpkeep, now: Int64) throws(JournalOpenError) -> JournalUpkeepReport {
        var report = JournalUpkeepReport()
        guard let current = status.segment else { return report }
        for directory in directories {
            if let reason = directory.alteration { throw .directory(path: directory.path, reason: reason) }
        }
        let survey = try SegmentSurvey(directories: configuration.directories)
        var parts = survey.parts.filter { $0.number <= current }
        if let retention = upkeep.retention {
            report.removedSegments = try remove(
                &parts, before: now - Int64(clamping: retention.nanoseconds / 1000), now)
        }
        for part in parts where part.number < current && part.end != nil && !part.isCompressed {
            SegmentFile.giveBackReserve(of: part.path)
        }
        if upkeep.compresses {
            report.compressedSegments = try compress(parts.filter { $0.number < current && !$0.isCompressed })
        }
        return report
    }

    /// One that cannot be compressed, as in a directory that is full, keeps no other from it.
    private func compress(_ parts: [SegmentSurvey.Part]) throws(JournalOpenError) -> Int {
        var (count, problem) = (0, JournalOpenError?.none)
        for part in parts {
            do throws(JournalOpenError) {
                try SegmentCompression(path: part.path, disk: disk).run()
                count += 1
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        return count
    }

    /// - Parameter parts: up to the segment in use; those removed are taken out.
    private func remove(
        _ parts: inout [SegmentSurvey.Part], before limit: Int64, _ now: Int64
    ) throws(JournalOpenError) -> Int {
        try removeLeftovers(&parts)
        let most = allowedRemovals()
        guard let newest = parts.last?.time, newest <= now, now - newest <= mostAhead else { return 0 }
        // The records of a segment stand between its header and that of the next, unless the clock was put back then:
        // both must be old.
        let gone = zip(parts, parts.dropFirst())
            .prefix { part, next in [part.time, next.time].allSatisfy { $0.map { $0 < limit } ?? false } }
            .prefix(most).count
        guard gone > 0, let header = parts[gone].header, let first = parts.first else { return 0 }
        let removed = parts.prefix(gone)
        guard let hash = try lastHash(before: parts[gone]) else { return 0 }
        let event = AdminEvent(
            actor: "gateway", action: .retain, object: .journal("segments \(first.number) to \(header.previous)"))
        do throws(JournalError) {
            try appendAndWait([JournalRecord(time: clock(), content: .admin(event))])
        } catch {
            throw .io(path: configuration.directory, reason: "the removal could not be recorded")
        }
        try bury(
            Tombstone(
                origin: checkpoints.withLock { $0.origin }, firstSegment: parts[gone].number, size: header.tree.size,
                root: header.tree.root, hash: hash, time: now))
        for part in removed { try delete(part.path) }
        parts.removeFirst(gone)
        let oldest = parts[0].number
        desk.withLock { $0.state.places.remove(before: oldest) }
        try trimCheckpoints(below: header.tree.size)
        return gone
    }

    /// How far the clock may be ahead of the beginning of the newest segment, in microseconds. That of an idle journal
    /// gets old.
    private var mostAhead: Int64 {
        let opened = desk.withLock { $0.state.current?.openedAt }
        let passed = opened.map { JournalClock.monotonic - $0 } ?? 0
        return Int64(clamping: max(passed, configuration.segmentAge.nanoseconds) / 1000) + Self.aheadSlack
    }

    private static let aheadSlack: Int64 = 3600 * 1_000_000

    /// As many segments as were begun since the last removal, and one to catch up.
    private func allowedRemovals() -> Int {
        let begun = status.counts.segments
        return segmentsAtRemoval.withLock { before in
            defer { before = begun }
            return Int(clamping: begun - before) + 1
        }
    }

    /// What an earlier removal did not come to.
    private func removeLeftovers(_ parts: inout [SegmentSurvey.Part]) throws(JournalOpenError) {
        guard let key = CheckpointPublicKey(publicKey),
            let tombstone = Tombstone.latest(in: configuration.directories, key: key)
        else { return }
        for part in parts where part.number < tombstone.firstSegment { try delete(part.path) }
        parts.removeAll { $0.number < tombstone.firstSegment }
        try trimCheckpoints(below: tombstone.size)
    }

    private func lastHash(before part: SegmentSurvey.Part) throws(JournalOpenError) -> RecordHash? {
        try LineReader(part.path).next { line in
            guard case .whole(let bytes) = line else { return nil }
            return try? RecordLine(bytes).previous
        }
    }

    private func bury(_ tombstone: Tombstone) throws(JournalOpenError) {
        let note: String
        do throws(CheckpointKeyError) {
            note = try checkpoints.withLock { writer in
                Result { () throws(CheckpointKeyError) in try writer.sign(tombstone) }
            }.get()
        } catch {
            throw .key(path: configuration.keyPath, reason: "a tombstone could not be signed")
        }
        // In every directory that takes it; one is enough.
        var isStored = false
        var problem: JournalOpenError?
        for directory in configuration.directories {
            do throws(JournalOpenError) {
                let file = try ReplacingFile(directory + "/" + Tombstone.name, mode: 0o644, on: disk)
                try file.write(Array(note.utf8))
                try file.commit()
                isStored = true
            } catch {
                problem = error
            }
        }
        if let problem, !isStored { throw problem }
    }

    private func delete(_ path: String) throws(JournalOpenError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .io(path: path, reason: systemMessage(errno)) }
        // The other form of the segment, if a compression was cut short.
        unlink(path + SegmentName.compressed)
    }

    private func trimCheckpoints(below size: UInt64) throws(JournalOpenError) {
        try checkpoints.withLock { writer in
            Result { () throws(JournalOpenError) in try writer.trim(below: size) }
        }.get()
    }
}
