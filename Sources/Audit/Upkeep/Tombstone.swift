// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// A signed statement that the gateway itself removed the oldest segments, and where what is left begins. The latest
/// one speaks for all removals before it.
struct Tombstone: Equatable {
    static let name = "tombstone"
    private static let suffix = "/removed"
    private static let lineCount = 9

    let origin: String

    /// Number of the first segment that is left.
    let firstSegment: UInt64

    /// Of the records removed.
    let size: UInt64
    let root: RecordHash

    /// Of the last record removed.
    let hash: RecordHash

    /// When, in microseconds since 1970.
    let time: Int64

    /// What is signed. Its first line keeps it from being taken for a checkpoint.
    var text: String {
        let root = Data(root.array).base64EncodedString()
        return "\(origin)\(Self.suffix)\n\(firstSegment)\n\(size)\n\(root)\n\(hash.hex)\n\(UTCTimestamp.text(time))\n"
    }

    func note(signedBy key: CheckpointKey) throws(CheckpointKeyError) -> String {
        text + "\n" + (try NoteSignature.line(for: text, by: key)) + "\n"
    }

    /// Nil when it is no tombstone, or not signed by `key`.
    init?(note: String, verifyingWith key: CheckpointPublicKey) {
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == Self.lineCount, lines[6].isEmpty, lines[8].isEmpty, lines[0] == key.name + Self.suffix,
            let first = UInt64(lines[1]), let size = UInt64(lines[2]), let bytes = Data(base64Encoded: lines[3]),
            let root = RecordHash([UInt8](bytes)), let hash = RecordHash(hex: lines[4].utf8),
            let time = Array(lines[5].utf8).withUnsafeBytes({ UTCTimestamp.parse($0) })
        else { return nil }
        self.init(origin: key.name, firstSegment: first, size: size, root: root, hash: hash, time: time)
        guard text == lines.prefix(6).map({ $0 + "\n" }).joined(),
            NoteSignature.isValid(lines[7], of: text, by: key)
        else { return nil }
    }

    init(origin: String, firstSegment: UInt64, size: UInt64, root: RecordHash, hash: RecordHash, time: Int64) {
        self.origin = origin
        self.firstSegment = firstSegment
        self.size = size
        self.root = root
        self.hash = hash
        self.time = time
    }

    /// The one that speaks for most records; one without a valid signature is as good as none.
    static func latest(in directories: [String], key: CheckpointPublicKey) -> Tombstone? {
        directories.compactMap { directory in
            guard let note = try? String(contentsOfFile: directory + "/" + name, encoding: .utf8) else { return nil }
            return Tombstone(note: note, verifyingWith: key)
        }
        .max { $0.size < $1.size }
    }
}
