// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The root keys: the current one, and during a rotation the one before.
///
/// Kept in a text file with one `wgmk1:` and 64 hexadecimal digits a line, the current key first. Lines that start with `#`
/// and empty lines do not count.
package struct KeyRing: Sendable {
    package static let linePrefix = "wgmk1:"

    package let current: SealingKey
    package let previous: SealingKey?

    private init(current: SealingKey, previous: SealingKey?) {
        self.current = current
        self.previous = previous
    }

    /// A ring with one new key, and the text of the file that holds it.
    package static func generate() -> (ring: KeyRing, fileContents: Secret) {
        let contents = Secret.random(byteCount: SealingKey.byteCount).expose { key in
            var text = Array(
                "# Root key of the WegoWise gateway. Without it the stored credentials cannot be opened.\n".utf8)
            var digits = Hexadecimal.encode(key)
            defer {
                digits.wipe()
                text.wipe()
            }
            text.reserveCapacity(text.count + linePrefix.utf8.count + digits.count + 1)
            text.append(contentsOf: linePrefix.utf8)
            text.append(contentsOf: digits)
            text.append(UInt8(ascii: "\n"))
            return Secret(text)
        }
        do {
            return (try KeyRing(fileContents: contents), contents)
        } catch {
            preconditionFailure("a generated key ring must be readable: \(error)")
        }
    }

    package init(fileContents: Secret) throws(KeyRingError) {
        let keys = try fileContents.expose { (text) throws(KeyRingError) in try KeyRingFile.keys(in: text) }
        guard let current = keys.first else { throw .noKey }
        self.init(current: current, previous: keys.count > 1 ? keys[1] : nil)
    }

    package func key(identifier: String) -> SealingKey? {
        [current, previous].lazy.compactMap(\.self).first { $0.identifier == identifier }
    }
}
