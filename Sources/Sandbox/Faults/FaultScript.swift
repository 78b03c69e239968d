// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The faults that are waiting, oldest first. A request is struck by the first one that fits it.
struct FaultScript: Sendable {
    /// Faults that may wait at once.
    static let capacity = 100
    static let maximumTimes = 1_000_000

    struct Entry: Sendable {
        let id: Int
        let fault: Fault
        var remaining: Int
        var struck = 0
    }

    private(set) var entries: [Entry] = []
    private var lastID = 0

    /// Nil when the script is full.
    mutating func add(_ fault: Fault, times: Int) -> Int? {
        if entries.count >= Self.capacity { entries.removeAll { $0.remaining == 0 } }
        guard entries.count < Self.capacity else { return nil }
        lastID += 1
        entries.append(Entry(id: lastID, fault: fault, remaining: times))
        return lastID
    }

    mutating func removeAll() { entries = [] }

    /// Whether the owner of a request's token matters to any fault.
    var asksForUsers: Bool { entries.contains { $0.fault.match.user != nil } }

    mutating func strike(_ request: SandboxRequest, user: String?) -> (id: Int, fault: Fault)? {
        let index = entries.firstIndex { entry in
            entry.remaining > 0 && entry.fault.match.fits(method: request.method, path: request.path, user: user)
        }
        guard let index else { return nil }
        entries[index].remaining -= 1
        entries[index].struck += 1
        return (entries[index].id, entries[index].fault)
    }
}
