// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// What a start compares with the directories it is given, before it creates or changes anything.
extension JournalBookmark {
    /// Refuses a directory that held a part of the journal and holds nothing of it now, such as the empty place of a
    /// file system that is not mounted: a start would go on without what is there.
    func check(_ directories: [String]) throws(JournalOpenError) {
        guard let last else { return }
        for directory in directories where last.names(directory) && Self.isBare(directory) {
            throw .directory(
                path: directory,
                reason:
                    "it held a part of this journal (\(last.checkpoint.size) records in all) and holds nothing of "
                    + "it now. Mount or restore it; if it is lost, keep what is left and give the gateway new "
                    + "directories")
        }
        // As when a second directory is taken out of the configuration while the end of the journal is in it.
        guard directories.contains(where: last.names) else { return }
        let newest = directories.compactMap(Self.newest).map(\.number).max() ?? 0
        for directory in last.directories where !directories.contains(where: { Self.isSame($0, directory) }) {
            guard let later = Self.newest(in: directory), later.number > newest else { continue }
            throw .directory(
                path: directory,
                reason: "it holds later records of this journal (\(later.name)), but is not among its directories any "
                    + "more. Name it again, or move its segments to \(directories[0])")
        }
    }

    /// Whether it speaks of a journal in other directories: new ones were given, for a new journal.
    func isForeign(to directories: [String]) -> Bool {
        last.map { !directories.contains(where: $0.names) } ?? false
    }

    private static func newest(in directory: String) -> SegmentList.Segment? {
        try? SegmentList(directories: [directory]).segments.last
    }

    /// Whether nothing shows that it was ever a journal's. What cannot be listed is refused for that.
    private static func isBare(_ directory: String) -> Bool {
        guard access(directory, F_OK) == 0 else { return true }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return false }
        return !names.contains { $0 == CheckpointKey.publicKeyName || SegmentName.number(of: $0) != nil }
    }

    fileprivate static func isSame(_ one: String, _ other: String) -> Bool {
        URL(filePath: one).standardizedFileURL.path == URL(filePath: other).standardizedFileURL.path
    }
}

extension JournalBookmark.Entry {
    func names(_ directory: String) -> Bool {
        directories.contains { JournalBookmark.isSame($0, directory) }
    }
}
