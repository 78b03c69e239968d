// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import Settings
import TestSupport
import Testing

@testable import WegoGatewayCLI

struct InitTests {
    @Test func makesAKeyAndAStoreForTheOwnerAlone() throws {
        let fixture = try GatewayFixture()
        let state = fixture.settings.stateDirectoryPath
        #expect(try mode(state) == 0o700)
        #expect(try mode("\(state)/master.key") == 0o600)
        #expect(try mode("\(state)/custody.sqlite") & 0o077 == 0)
        let store = try StoreOpening.open(fixture.settings, environment: [:])
        #expect(try store.tenants().isEmpty)
        store.close()
    }

    @Test func neverOverwrites() throws {
        let fixture = try GatewayFixture()
        let key = try Data(contentsOf: URL(filePath: fixture.settings.stateDirectoryPath + "/master.key"))
        let failure = try #require(throws: CommandFailure.self) {
            try StatePreparation(settings: fixture.settings, environment: [:]).create()
        }
        #expect(failure.status == .usage && failure.what.contains("nothing was changed"))
        #expect(try Data(contentsOf: URL(filePath: fixture.settings.stateDirectoryPath + "/master.key")) == key)
        let file = try fixture.directory.write("mine", to: "notes")
        #expect(throws: CommandFailure.self) { try NewFile.write([1], to: file, what: "file") }
        #expect(try fixture.directory.read("notes") == "mine")
    }

    @Test func usesAKeyThatIsThere() throws {
        let first = try GatewayFixture()
        var second = first.settings
        second.stateDirectory = "second"
        #expect(try StatePreparation(settings: second, environment: [:]).create() == nil)
        try StoreOpening.open(second, environment: [:]).close()
    }

    @Test func aMissingKeyIsNamedAndNothingIsMade() throws {
        var settings = GatewaySettings(baseDirectory: try GatewayFixture().directory.path)
        settings.masterKey = "env:NOT_SET"
        #expect(throws: (any Error).self) { try StatePreparation(settings: settings, environment: [:]).create() }
        #expect(!FileManager.default.fileExists(atPath: settings.stateDirectoryPath + "/custody.sqlite"))
    }

    @Test func aLostKeyStopsTheStart() throws {
        let fixture = try GatewayFixture()
        try FileManager.default.removeItem(atPath: fixture.settings.stateDirectoryPath + "/master.key")
        let failure = try #require(throws: CommandFailure.self) {
            try StoreOpening.open(fixture.settings, environment: [:])
        }
        #expect(failure.status == .unavailable)
        #expect(failure.what.hasPrefix("master_key: there is no root key at "))
        #expect(failure.next?.hasPrefix("Restore the file") == true)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }
}
