// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Why sealing or opening was refused. No case carries a byte of what was to be kept.
package enum SealError: Error, Sendable, Equatable, CustomStringConvertible {
    case keyLength(found: Int)
    case plaintextTooLong(limit: Int)
    case truncated
    case unknownFormat(UInt8)
    case notAuthentic

    package var explanation: String {
        switch self {
        case .keyLength(let found):
            "a sealing key has \(SealingKey.byteCount) bytes, found \(found)"
        case .plaintextTooLong(let limit):
            "at most \(limit) bytes can be sealed at once"
        case .truncated:
            "the sealed value is cut short; restore it from a backup"
        case .unknownFormat(let version):
            "the sealed value has format \(version), which this version does not know; use the version that wrote it"
        case .notAuthentic:
            "the sealed value does not open: it was sealed with another key or for another place, or it was altered"
        }
    }

    package var description: String { explanation }
}
