// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Settings

/// The file behind `upstream.ca_file`, looked at before the TLS library does: that one complains at the first call only.
struct AuthorityFile {
    let path: String

    /// In bytes; the system's own bundle has less than a quarter of it.
    static let maximumSize = 4 << 20

    /// - Parameter missing: how the command ends when there is no such file.
    func check(missing: CommandStatus) throws(CommandFailure) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: resolved)
        guard attributes?[.type] as? FileAttributeType == .typeRegular, let size = attributes?[.size] as? Int else {
            throw unreadable(missing)
        }
        guard size <= Self.maximumSize else { throw failure(.usage, "is larger than \(Self.maximumSize) bytes") }
        guard let data = FileManager.default.contents(atPath: path) else { throw unreadable(missing) }
        guard Self.holdsCertificate(String(decoding: data, as: UTF8.self)) else {
            throw failure(.usage, "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
        }
    }

    /// Whether at least one block is base64 of a DER sequence, and none is anything else (RFC 7468 section 5).
    static func holdsCertificate(_ text: String) -> Bool {
        let blocks = text.components(separatedBy: "-----BEGIN CERTIFICATE-----").dropFirst()
        return !blocks.isEmpty
            && blocks.allSatisfy { block in
                guard let end = block.range(of: "-----END CERTIFICATE-----") else { return false }
                let characters = block[..<end.lowerBound].unicodeScalars.filter { !$0.properties.isWhitespace }
                let data = Data(base64Encoded: String(String.UnicodeScalarView(characters)))
                return data.map { $0.count > 2 && $0.first == 0x30 } ?? false
            }
    }

    private var resolved: String { URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false) }

    private func unreadable(_ status: CommandStatus) -> CommandFailure {
        failure(status, "is no readable file")
    }

    private func failure(_ status: CommandStatus, _ reason: String) -> CommandFailure {
        CommandFailure(
            status, "upstream.ca_file: \(path) \(reason).",
            next: "Correct the path, or remove the key to trust the system's authorities.")
    }
}
