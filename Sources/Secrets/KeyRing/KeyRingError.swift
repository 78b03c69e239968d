// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What is wrong with a key ring's file. Only line numbers and lengths are told, never a line's content.
package enum KeyRingError: Error, Sendable, Equatable, CustomStringConvertible {
    case noKey
    case unknownPrefix(line: Int)
    case wrongLength(line: Int, found: Int)
    case notHexadecimal(line: Int)
    case tooManyKeys(line: Int)
    case sameKeyTwice(line: Int)

    package var explanation: String {
        switch self {
        case .noKey:
            "the root key file holds no key; restore it from your backup, or create a new store with `init`"
        case .unknownPrefix(let line):
            "line \(line) of the root key file: expected `\(KeyRing.linePrefix)` and 64 hexadecimal digits"
        case .wrongLength(let line, let found):
            "line \(line) of the root key file: expected 64 hexadecimal digits behind `\(KeyRing.linePrefix)`, "
                + "found \(found) characters"
        case .notHexadecimal(let line):
            "line \(line) of the root key file: expected only 0-9 and lower-case a-f behind `\(KeyRing.linePrefix)`"
        case .tooManyKeys(let line):
            "line \(line) of the root key file: expected at most \(KeyRingFile.maximumKeys) keys, the current one first; "
                + "remove the oldest"
        case .sameKeyTwice(let line):
            "line \(line) of the root key file repeats the current key; remove that line"
        }
    }

    package var description: String { explanation }
}
