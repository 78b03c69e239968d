// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets
import Testing

@testable import Custody

struct QuarantineTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importDeveloper(in: "acme")
    }

    private func quarantine(_ answer: String, of name: HomeUserName = "alice") throws -> String {
        try store.quarantine(
            try store.reserve(name), sealedAnswer: Secret(utf8: answer), reason: "oauth_token_key: expected a string")
    }

    @Test func keepsTheAnswerAndTheName() throws {
        let answer = #"{"id": 7, "oauth_token_key": ["canary-token"]}"#
        let identifier = try quarantine(answer)
        let entry = try #require(try store.quarantined(in: "acme").first)
        #expect(
            entry
                == QuarantinedAnswer(
                    identifier: identifier, tenant: "acme", user: "alice", reason: "oauth_token_key: expected a string",
                    byteCount: answer.utf8.count, created: fixture.clock.now, isSpilled: false))
        let user = try store.homeUser("alice", in: "acme")
        #expect(user.state == .unknown)
        #expect(user.reason?.contains("waits in the quarantine") == true)
        #expect(throws: CustodyError.alreadyExists(kind: .reservation, name: "alice")) { try store.reserve("alice") }
        for (name, content) in try fixture.contents() {
            #expect(content.range(of: Data("canary".utf8)) == nil, "\(name)")
        }
        store.close()
        #expect(try fixture.open().quarantined(in: nil) == [entry])
    }

    @Test(arguments: [
        (#"{"oauth_token_key": "T", "oauth_token_secret": "S"}"#, "oauth_token_key", "oauth_token_secret"),
        (#"{"user": {"a/b": "T", "list": [0, "S"]}}"#, "/user/a~1b", "/user/list/1"),
        (#"{"key": "T", "secret": "S"} trailing"#, "key", "secret"),
        (#"{"key" : "T", "key": "T", "secret"  :"S""#, "/key", "/secret"),
        ("oauth_token=T&oauth_token_secret=S", "oauth_token", "oauth_token_secret"),
        ("x=1&oauth_token=T&oauth_token_secret=S\n", "oauth_token", "oauth_token_secret"),
    ])
    func theCredentialIsTakenOutByName(_ answer: String, _ token: String, _ secret: String) throws {
        let identifier = try quarantine(answer)
        let user = try store.resolveQuarantine(identifier, tokenMember: token, secretMember: secret)
        #expect(user.state == .active)
        for reopens in [false, true] {
            let store = reopens ? try reopened() : store
            #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "T")
            #expect(store.credential(of: "alice", in: "acme")?.tokenSecret.revealed == "S")
            #expect(try store.quarantined(in: nil).isEmpty)
            #expect(try store.reservations(in: nil).isEmpty)
        }
    }

    private func reopened() throws -> SQLiteStore {
        store.close()
        return try fixture.open()
    }

    @Test(arguments: [
        (#"{"a": "canary", "b": 1}"#, "/c"), (#"{"a": "canary", "b": 1}"#, "b"), (#"{"a": "canary blank"}"#, "a"),
        (#"{"a": "canary", "a": "other""#, "a"), (#"{"a": "canary\n"}?"#, "a"), ("ab=canary", "b"), ("", "a"),
        (#"{"a": "canary"}"#, ""), (#"["canary"]"#, "/x"), ("a=canary%20x", "a"),
    ])
    func aRefusedResolutionChangesNothingAndShowsNothing(_ answer: String, _ member: String) throws {
        let identifier = try quarantine(answer)
        let error = custodyError {
            try store.resolveQuarantine(identifier, tokenMember: member, secretMember: member)
        }
        #expect(error != nil)
        #expect(error?.explanation.contains("canary") == false)
        #expect(try store.quarantined(in: nil).map(\.identifier) == [identifier])
        #expect(try store.homeUser("alice", in: "acme").state == .unknown)
    }

    @Test func anOutlineShowsWhereButNotWhat() throws {
        let identifier = try quarantine(#"{"user": {"id": 1, "k~": "canary"}, "list": [null], "e": {}}"#)
        #expect(
            try store.outline(ofQuarantined: identifier)
                == ["/user/id: a number", "/user/k~0: a string of 6 bytes", "/list/0: null", "/e: an object"])
        let broken = try store.outline(ofQuarantined: try quarantine("canary", of: "bob"))
        #expect(broken.count == 1)
        #expect(broken[0].hasPrefix("not valid JSON"))
        #expect(!broken[0].contains("canary"))
    }

    @Test func resolvesWithValuesFromElsewhere() throws {
        let identifier = try quarantine("unreadable")
        try store.resolveQuarantine(identifier, token: "t", tokenSecret: "s")
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "t")
        #expect(throws: CustodyError.notFound(kind: .quarantinedAnswer, name: identifier)) {
            try store.resolveQuarantine(identifier, token: "t", tokenSecret: "s")
        }
    }

    @Test func discardingErasesTheAnswerFromTheFiles() throws {
        let identifier = try quarantine(String(repeating: "x", count: 3_000))
        let sealed = try fixture.meddle { try Data.fetchOne($0, sql: "SELECT sealed_answer FROM quarantine") }
        let marker = try #require(sealed).prefix(64)
        #expect(custodyError { try store.removeHomeUser("alice", in: "acme") } != nil)
        let left = try #require(try store.reservations(in: nil).first)
        #expect(custodyError { try store.releaseReservation(left) } != nil)
        try store.discardQuarantine(identifier)
        for (name, content) in try fixture.contents() { #expect(content.range(of: marker) == nil, "\(name)") }
        #expect(try store.homeUser("alice", in: "acme").state == .unknown)
        try store.removeHomeUser("alice", in: "acme")
    }

    @Test func aUserWithACredentialIsNotOverwritten() throws {
        let identifier = try quarantine(#"{"t": "a", "s": "b"}"#)
        try store.importUser("alice", in: "acme", token: "mine", replacing: true)
        let error = custodyError {
            try store.resolveQuarantine(identifier, tokenMember: "t", secretMember: "s")
        }
        #expect(error?.explanation.contains("no credential is missing") == true)
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "mine")
        try store.discardQuarantine(identifier)
    }

    @Test func keepsTheBeginningOfALongAnswer() throws {
        var limits = CustodyLimits()
        limits.maximumAnswerLength = 40
        store.close()
        let store = try fixture.open(limits: limits)
        let answer = #"{"t": "a", "s": "b", "more": ""# + String(repeating: "x", count: 100)
        let identifier = try store.quarantine(
            try store.reserve("alice"), sealedAnswer: Secret(utf8: answer), reason: "too long")
        let entry = try #require(try store.quarantined(in: nil).first)
        #expect(entry.byteCount == 40)
        #expect(entry.reason == "too long (the first 40 of \(answer.utf8.count) bytes are kept)")
        try store.resolveQuarantine(identifier, tokenMember: "t", secretMember: "s")
        #expect(store.credential(of: "alice", in: "acme")?.tokenSecret.revealed == "b")
    }

    @Test func answersCannotChangePlaces() throws {
        let first = try quarantine(#"{"t": "a", "s": "b"}"#, of: "alice")
        let second = try quarantine(#"{"t": "c", "s": "d"}"#, of: "bob")
        try fixture.meddle { database in
            let sealed = try Data.fetchAll(database, sql: "SELECT sealed_answer FROM quarantine ORDER BY id DESC")
            for (index, blob) in sealed.enumerated() {
                try database.execute(
                    sql: "UPDATE quarantine SET sealed_answer = ? WHERE id = ?", arguments: [blob, index + 1])
            }
        }
        for identifier in [first, second] {
            #expect(throws: CustodyError.tampered(what: "quarantined answer \(identifier) does not open")) {
                try store.resolveQuarantine(identifier, tokenMember: "t", secretMember: "s")
            }
        }
    }
}
