// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// A statement about the first `size` records, in the C2SP tlog-checkpoint format.
package struct Checkpoint: Sendable, Equatable {
    package let origin: String
    package let size: UInt64
    package let root: RecordHash

    /// What is signed.
    var text: String {
        "\(origin)\n\(size)\n\(Data(root.array).base64EncodedString())\n"
    }

    init(origin: String, size: UInt64, root: RecordHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    static func highest(_ one: Checkpoint?, _ other: Checkpoint?) -> Checkpoint? {
        [one, other].compactMap(\.self).max { $0.size < $1.size }
    }

    /// - Parameter lines: origin, size and root. Only the spelling that `text` gives is taken.
    init?(lines: [String]) {
        guard lines.count == 3, let size = UInt64(lines[1]), let bytes = Data(base64Encoded: lines[2]),
            let root = RecordHash([UInt8](bytes))
        else { return nil }
        self.init(origin: lines[0], size: size, root: root)
        guard text == lines.map({ $0 + "\n" }).joined() else { return nil }
    }
}

/// A checkpoint with one signature, as a C2SP signed note and the empty line that separates it from the next.
enum SignedCheckpoint {
    static let lineCount = 6

    static func text(_ checkpoint: Checkpoint, signedBy key: CheckpointKey) throws(CheckpointKeyError) -> String {
        checkpoint.text + "\n" + (try NoteSignature.line(for: checkpoint.text, by: key)) + "\n\n"
    }

    /// - Parameter lines: the six lines of one note. Nil when they are no note, or not signed by `key`.
    static func verify(_ lines: [String], with key: CheckpointPublicKey) -> Checkpoint? {
        guard let checkpoint = parse(lines), checkpoint.origin == key.name,
            NoteSignature.isValid(lines[4], of: checkpoint.text, by: key)
        else { return nil }
        return checkpoint
    }

    static func parse(_ lines: [String]) -> Checkpoint? {
        guard lines.count == lineCount, lines[3].isEmpty, lines[5].isEmpty else { return nil }
        return Checkpoint(lines: Array(lines.prefix(3)))
    }
}
