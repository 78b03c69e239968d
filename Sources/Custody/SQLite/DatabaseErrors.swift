// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import GRDB

extension CustodyError {
    /// Translates what GRDB throws. Its own descriptions carry SQL, which helps nobody at a prompt.
    init(_ error: any Error) {
        switch error {
        case let error as CustodyError: self = error
        case let error as DatabaseError: self.init(error)
        default: self = .storage(detail: "\(error)")
        }
    }

    /// As `init(_:)`, with the path of the file that did not open.
    init(opening path: String, _ error: any Error) {
        switch CustodyError(error) {
        case .storage(let detail): self = .storage(detail: "\(path): \(detail)")
        case let error: self = error
        }
    }

    private init(_ error: DatabaseError) {
        let message = error.message ?? "no details"
        self =
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .tampered(what: "SQLite cannot read the database (\(message))")
            case .SQLITE_FULL: .storage(detail: "the disk is full")
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                .storage(detail: "another program holds the database file; close it and try again")
            case .SQLITE_MISUSE: .storage(detail: "it is closed")
            case let code: .storage(detail: "\(message) (SQLite result \(code.rawValue))")
            }
    }
}

/// Where the untyped errors of GRDB's closures end.
func translatingErrors<R>(_ body: () throws -> R) throws(CustodyError) -> R {
    do {
        return try body()
    } catch {
        throw CustodyError(error)
    }
}
