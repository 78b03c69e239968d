// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import Testing

extension StoreFixture {
    /// The files as they are now, while the store is open: what a power failure leaves behind.
    func copyAsAfterACrash() throws -> StoreFixture {
        let copy = try StoreFixture()
        try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        return copy
    }
}

struct CrashTests {
    @Test func everyAcknowledgedChangeSurvives() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        for number in 1...20 {
            try store.importUser(try #require(HomeUserName("user\(number)")), in: "acme")
            let crashed = try fixture.copyAsAfterACrash()
            let recovered = try crashed.open(fixture.ring, createIfMissing: false)
            #expect(try recovered.homeUsers(in: "acme").count == number)
            #expect(recovered.credential(of: try #require(HomeUserName("user\(number)")), in: "acme") != nil)
        }
    }
}
