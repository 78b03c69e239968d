// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets
import Testing

struct SealingKeyTests {
    private let key = SealingKey.random()
    private let secret = Secret(utf8: "token secret")
    private let context = SealContext(tenant: "acme", subject: "alice", field: "token", version: 3)

    @Test func opensWhereItWasSealed() throws {
        let sealed = try key.seal(secret, for: context)
        #expect(try key.open(sealed, for: context).isEqual(to: secret))
    }

    @Test func writesFormatNonceCiphertextAndTag() throws {
        let sealed = try key.seal(secret, for: context)
        #expect(sealed.first == 1)
        #expect(sealed.count == 1 + 12 + secret.byteCount + 16)
        let again = try key.seal(secret, for: context)
        #expect(sealed[1..<13] != again[1..<13])
        #expect(sealed[13...] != again[13...])
    }

    @Test(arguments: [
        SealContext(tenant: "other", subject: "alice", field: "token", version: 3),
        SealContext(tenant: "acme", subject: "bob", field: "token", version: 3),
        SealContext(tenant: "acme", subject: "alice", field: "tokenSecret", version: 3),
        SealContext(tenant: "acme", subject: "alice", field: "token", version: 4),
        SealContext(tenant: "alice", subject: "acme", field: "token", version: 3),
        SealContext(tenant: "acmea", subject: "lice", field: "token", version: 3),
        SealContext(tenant: "acme", subject: "alicet", field: "oken", version: 3),
        SealContext(tenant: "", subject: "", field: "", version: 0),
    ])
    func refusesAnotherPlace(other: SealContext) throws {
        let sealed = try key.seal(secret, for: context)
        #expect(throws: SealError.notAuthentic) { try key.open(sealed, for: other) }
    }

    @Test func refusesAnotherKey() throws {
        let sealed = try key.seal(secret, for: context)
        #expect(throws: SealError.notAuthentic) { try SealingKey.random().open(sealed, for: context) }
    }

    @Test func refusesEveryFlippedBit() throws {
        let sealed = try key.seal(secret, for: context)
        for index in sealed.indices {
            for bit in 0..<8 {
                var altered = sealed
                altered[index] ^= 1 << UInt8(bit)
                let expected: SealError = index == 0 ? .unknownFormat(altered[0]) : .notAuthentic
                #expect(throws: expected) { try key.open(altered, for: context) }
            }
        }
    }

    @Test func refusesEveryLengthButItsOwn() throws {
        let sealed = try key.seal(secret, for: context)
        for count in sealed.indices {
            let expected: SealError = count < 29 ? .truncated : .notAuthentic
            #expect(throws: expected) { try key.open(Array(sealed.prefix(count)), for: context) }
        }
        #expect(throws: SealError.notAuthentic) { try key.open(sealed + [0], for: context) }
    }

    @Test func sealsTheEmptySecret() throws {
        let sealed = try key.seal(Secret(utf8: ""), for: context)
        #expect(try key.open(sealed, for: context).byteCount == 0)
    }

    @Test func hasALimit() throws {
        let largest = Secret([UInt8](repeating: 7, count: SealingKey.maximumPlaintextByteCount))
        #expect(try key.open(try key.seal(largest, for: context), for: context).isEqual(to: largest))
        let tooLarge = Secret([UInt8](repeating: 7, count: SealingKey.maximumPlaintextByteCount + 1))
        #expect(throws: SealError.plaintextTooLong(limit: 1 << 20)) { try key.seal(tooLarge, for: context) }
    }

    @Test func wrapsKeys() throws {
        let inner = SealingKey.random()
        let wrapped = try key.wrap(inner, for: context)
        #expect(try key.unwrap(wrapped, for: context).identifier == inner.identifier)
        let sealed = try inner.seal(secret, for: context)
        #expect(try key.unwrap(wrapped, for: context).open(sealed, for: context).isEqual(to: secret))
    }

    @Test func keepsKeysAndFieldsApart() throws {
        let wrapped = try key.wrap(SealingKey.random(), for: context)
        #expect(throws: SealError.notAuthentic) { try key.open(wrapped, for: context) }
        let sealed = try key.seal(Secret.random(byteCount: 32), for: context)
        #expect(throws: SealError.notAuthentic) { try key.unwrap(sealed, for: context) }
    }

    @Test(arguments: [0, 16, 31, 33, 64])
    func refusesKeysOfAnotherLength(byteCount: Int) {
        let bytes = Secret([UInt8](repeating: 1, count: byteCount))
        #expect(throws: SealError.keyLength(found: byteCount)) { try SealingKey(bytes) }
    }

    @Test func namesItselfWithoutShowingItself() throws {
        let bytes = Secret([UInt8](0..<32))
        // SHA-256 of "wego-gateway sealing key identifier 1" and the bytes 0 to 31, computed with Python's hashlib.
        #expect(try SealingKey(bytes).identifier == "7544588d0544d9cf")
        #expect(SealingKey.random().identifier != "7544588d0544d9cf")
    }

    /// Sealed with Python's cryptography, so that a change of the format is noticed before it makes stored credentials
    /// unreadable.
    @Test func opensWhatWasSealedElsewhere() throws {
        let key = try SealingKey(Secret([UInt8](0..<32)))
        let sealed: [UInt8] = [
            0x01, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x3C, 0x74, 0xB5,
            0x03, 0x17, 0xC9, 0x25, 0xFB, 0x5D, 0x10, 0x3A, 0x9C, 0xA7, 0x53, 0x53, 0x6F, 0xB8, 0xD2, 0x4E,
            0xD2, 0x49, 0x02, 0xEB, 0xC6, 0x6C, 0x53, 0x6D, 0x23,
        ]
        #expect(try key.open(sealed, for: context).isEqual(to: secret))
    }

    @Test(arguments: [
        SealError.keyLength(found: 3), .plaintextTooLong(limit: 9), .truncated, .unknownFormat(7), .notAuthentic,
    ])
    func explainsItself(error: SealError) {
        #expect("\(error)" == error.explanation)
        #expect(error.explanation.count > 20)
    }
}
