// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Dispatch
import Foundation
import GRDB
import Secrets
import Synchronization
import TestSupport

@testable import Custody

/// A directory for one real store, its key ring, and time that stands still until a test moves it.
final class StoreFixture: Sendable {
    let directory: TemporaryDirectory
    let ringText: Secret
    let ring: KeyRing
    let clock = ManualSeconds()

    init() throws {
        directory = try TemporaryDirectory("custody")
        (ring, ringText) = KeyRing.generate()
    }

    var path: String { directory.file("store") }
    var database: String { path + "/custody.sqlite" }

    func open(
        _ other: KeyRing? = nil, createIfMissing: Bool = true, limits: CustodyLimits = CustodyLimits()
    ) throws -> SQLiteStore {
        try SQLiteStore.open(
            directory: path, keyRing: other ?? ring, createIfMissing: createIfMissing, limits: limits,
            now: { [clock] in clock.now })
    }

    /// Changes or reads the tables behind the back of the store. An open one does not see what it keeps in memory.
    func meddle<R>(_ body: (Database) throws -> R) throws -> R {
        try StoreFixture.meddle(with: database, body)
    }

    static func meddle<R>(with database: String, _ body: (Database) throws -> R) throws -> R {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: database, configuration: configuration)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }

    /// Name and content of every file of the store.
    func contents(of directory: String? = nil) throws -> [String: Data] {
        let directory = directory ?? path
        return try FileManager.default.subpathsOfDirectory(atPath: directory).reduce(into: [:]) { files, name in
            let path = directory + "/" + name
            let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            if type == .typeRegular { files[name] = try Data(contentsOf: URL(fileURLWithPath: path)) }
        }
    }
}

/// Seconds since 1970, moved by hand.
final class ManualSeconds: Sendable {
    private let seconds = Mutex<Int64>(1_700_000_000)

    var now: Int64 { seconds.withLock { $0 } }

    func advance(by amount: Int64) { seconds.withLock { $0 += amount } }
}

// Names and secrets by their letters, for short tests.
extension Name: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        guard let name = Name(text) else { preconditionFailure("\(text) is not a name") }
        self = name
    }
}

extension Secret {
    /// What it hides, for comparison.
    var revealed: String { expose { String(decoding: $0, as: UTF8.self) } }
}

extension Secret: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(utf8: text) }
}

extension SQLiteStore {
    /// A tenant with one consumer, `main`.
    func addTenantWithConsumer(_ tenant: TenantName) throws {
        try addTenant(tenant)
        try addConsumer("main", in: tenant, key: "\(tenant)-key", secret: Secret(utf8: "\(tenant)-consumer-secret"))
    }

    @discardableResult
    func importUser(
        _ name: HomeUserName, in tenant: TenantName, consumer: ConsumerName = "main", token: String? = nil,
        replacing: Bool = false
    ) throws -> HomeUser {
        let token = token ?? "\(tenant)-\(name)-token"
        return try importHomeUser(
            name, in: tenant, consumer: consumer, token: Secret(utf8: token),
            tokenSecret: Secret(utf8: token + "-secret"),
            isDeveloper: false, replacing: replacing)
    }

    /// `dev`, whose token creates home users.
    func importDeveloper(in tenant: TenantName) throws {
        try importHomeUser(
            "dev", in: tenant, consumer: "main", token: Secret(utf8: "dev-token"),
            tokenSecret: Secret(utf8: "dev-secret"), isDeveloper: true)
    }

    func reserve(_ name: HomeUserName, in tenant: TenantName = "acme") throws -> Reservation {
        try reserveHomeUser(name, in: tenant, consumer: "main", by: "dev", requestID: "request-\(name)")
    }

    @discardableResult
    func complete(_ reservation: Reservation, token: String = "new") throws -> HomeUser {
        try completeReservation(reservation, token: Secret(utf8: token), tokenSecret: Secret(utf8: token + "-secret"))
    }

    func credential(of name: HomeUserName, in tenant: TenantName) -> HomeUserCredential? {
        snapshot.homeUser(name, in: tenant)?.credential
    }
}

extension StoreFixture {
    /// Makes every later change to a table fail, as a full disk would, until `mend` is called.
    func breakTable(_ table: String) throws { try StoreFixture.breakTable(table, in: path) }

    func mend(_ table: String) throws { try StoreFixture.mend(table, in: path) }

    static func breakTable(_ table: String, in directory: String) throws {
        try meddle(with: directory + "/custody.sqlite") { database in
            for event in ["INSERT", "UPDATE", "DELETE"] {
                try database.execute(
                    sql: """
                        CREATE TRIGGER broken_\(table)_\(event) BEFORE \(event) ON \(table)
                        BEGIN SELECT RAISE(ABORT, 'out of order'); END
                        """)
            }
        }
    }

    static func mend(_ table: String, in directory: String) throws {
        try meddle(with: directory + "/custody.sqlite") { database in
            for event in ["INSERT", "UPDATE", "DELETE"] {
                try database.execute(sql: "DROP TRIGGER broken_\(table)_\(event)")
            }
        }
    }

    /// What the constraints of the tables find wrong.
    func brokenReferences() throws -> Int {
        try meddle { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count }
    }
}

/// Runs the body on several threads at once.
func concurrently<R: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> R) throws -> [R] {
    let results = Mutex<[Result<R, any Error>]>([])
    DispatchQueue.concurrentPerform(iterations: count) { number in
        let result = Result { try body(number) }
        results.withLock { $0.append(result) }
    }
    return try results.withLock { try $0.map { try $0.get() } }
}

/// The error that the body throws; nil if it throws none.
func custodyError(_ body: () throws -> Void) -> CustodyError? {
    do {
        try body()
        return nil
    } catch {
        return error as? CustodyError
    }
}
