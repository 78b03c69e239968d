// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// What a start compares with the directories it is given, before it creates or changes anything.
extension JournalBookmark {
    /// Refuses to go on without records that are somewhere else: in a directory that held segments and holds nothing now,
    /// such as the empty place of a file system that is not mounted, or in one that is not among `directories`.
    func check(_ directories: [String]) throws(JournalOpenError) {
        guard let last, last.checkpoint.size > 0 else { return }
        for directory in directories where names(directory) && Self.isBare(directory) {
            throw .directory(
                path: directory,
                reason:
                    "it held a part of this journal (\(last.checkpoint.size) records in all) and holds nothing of "
                    + "it now. Mount or restore it; if it is lost, keep what is left and give the gateway new "
                    + "directories")
        }
        if isForeign(to: directories) {
            try checkContinuation(of: last.checkpoint, in: directories)
        } else {
            try checkOthers(than: directories)
        }
    }

    /// As when a second directory is taken out of the configuration while it holds segments.
    private func checkOthers(than directories: [String]) throws(JournalOpenError) {
        let present = Set(Self.segments(in: directories).map(\.number))
        let oldest = Tombstone.latest(in: directories, key: key)?.firstSegment ?? 0
        for directory in self.directories where !directories.contains(where: { Self.isSame($0, directory) }) {
            let missing = Self.segments(in: [directory]).first {
                $0.number >= oldest && !present.contains($0.number)
            }
            guard let missing else { continue }
            throw .directory(
                path: directory,
                reason: "it holds a part of this journal (\(missing.name)), but is not among its directories any "
                    + "more. Name it again, or move its segments to \(directories[0])")
        }
    }

    /// Segments where none were noted: the journal may have been moved as a whole, or it is another one.
    private func checkContinuation(
        of checkpoint: Checkpoint, in directories: [String]
    ) throws(JournalOpenError) {
        let segments = Self.segments(in: directories)
        guard !segments.isEmpty, !Self.holds(checkpoint, segments) else { return }
        throw .directory(
            path: directories.first { !Self.segments(in: [$0]).isEmpty } ?? directories[0],
            reason: "it holds another journal than the last one, or one that has lost its end: \(path) notes "
                + "\(checkpoint.size) records in \(self.directories.joined(separator: " and ")). Name that directory "
                + "again; or, to go on with the journal that is here, move \(path) away first")
    }

    /// Whether the records that the checkpoint was signed for are there.
    private static func holds(_ checkpoint: Checkpoint, _ segments: [SegmentList.Segment]) -> Bool {
        for segment in segments.reversed() {
            guard let tree = (try? SegmentSurvey.header(segment.path))?.content.tree, tree.size <= checkpoint.size
            else { continue }
            if tree.size == checkpoint.size { return tree.root == checkpoint.root }
            return (try? SegmentScan(segment.path, comparing: checkpoint))?.meetsCheckpoint ?? false
        }
        return false
    }

    /// Whether it speaks of a journal in other directories: this one was moved, or new ones were given.
    func isForeign(to directories: [String]) -> Bool {
        last != nil && !directories.contains(where: names)
    }

    private func names(_ directory: String) -> Bool {
        directories.contains { Self.isSame($0, directory) }
    }

    /// By number. What cannot be listed is refused later, for that.
    private static func segments(in directories: [String]) -> [SegmentList.Segment] {
        directories.flatMap { (try? SegmentList(directories: [$0]))?.segments ?? [] }.sorted { $0.number < $1.number }
    }

    /// Whether nothing shows that it was ever a journal's. What cannot be listed is refused for that.
    private static func isBare(_ directory: String) -> Bool {
        guard access(directory, F_OK) == 0 else { return true }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return false }
        return !names.contains { $0 == CheckpointKey.publicKeyName || SegmentName.number(of: $0) != nil }
    }

    // MARK: Paths

    /// Those that are noted, as absolute paths.
    var directories: [String] {
        (last?.directories ?? []).map { $0.hasPrefix("/") ? $0 : Self.standard(home + "/" + $0) }
    }

    /// How a directory is noted: below that of the bookmark from there on, so that it moves along.
    func noted(_ directory: String) -> String {
        let (directory, home) = (Self.standard(directory), home)
        if directory == home { return "." }
        return directory.hasPrefix(home + "/") ? String(directory.dropFirst(home.count + 1)) : directory
    }

    private var home: String { URL(filePath: path).standardizedFileURL.deletingLastPathComponent().path }

    private static func standard(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        standard(one) == standard(other)
            || URL(filePath: one).resolvingSymlinksInPath().path == URL(filePath: other).resolvingSymlinksInPath().path
    }
}
