// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// The signature line of a C2SP signed note, without its line feed.
enum NoteSignature {
    private static let dash = "\u{2014} "

    static func line(for text: String, by key: CheckpointKey) throws(CheckpointKeyError) -> String {
        let signature = Data(key.publicKey.identifier + (try key.sign(text))).base64EncodedString()
        return dash + key.publicKey.name + " " + signature
    }

    static func isValid(_ line: String, of text: String, by key: CheckpointPublicKey) -> Bool {
        let words = line.dropFirst(dash.count).split(separator: " ", omittingEmptySubsequences: false)
        guard line.hasPrefix(dash), words.count == 2, words[0] == key.name,
            let signature = Data(base64Encoded: String(words[1])).map([UInt8].init),
            signature.starts(with: key.identifier)
        else { return false }
        return key.verify(Array(signature.dropFirst(key.identifier.count)), of: text)
    }
}
