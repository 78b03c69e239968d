// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Records on their way to one segment. They are kept until they are durable, so that they can be written again to
/// another segment.
struct Chunk {
    let segment: UInt64
    let firstSequence: UInt64
    private(set) var entries: [Entry] = []

    /// Entries with a waiter.
    private(set) var waiters = 0

    /// The lines, until they are handed to a write.
    var bytes: [UInt8] = []

    /// The chain behind the last record; known when the chunk is closed.
    var after: ChainState?

    init(segment: UInt64, firstSequence: UInt64, buffer: [UInt8] = []) {
        self.segment = segment
        self.firstSequence = firstSequence
        bytes = buffer
    }

    struct Entry {
        let record: JournalRecord
        var waiter: JournalWaiter?

        /// The caller was told that the record could not be made, and does not do what it was to say.
        var isRefused = false
    }

    mutating func add(_ entry: Entry) {
        entries.append(entry)
        if entry.waiter != nil { waiters += 1 }
    }

    /// Takes the waiters whose promise holds now.
    mutating func settle(_ kept: JournalPromise, into settled: inout SettledWaiters) {
        guard waiters > 0 else { return }
        for index in entries.indices {
            guard let waiter = entries[index].waiter, waiter.promise == kept || kept == .durable else { continue }
            entries[index].waiter = nil
            waiters -= 1
            settled.add(waiter, .success(firstSequence + UInt64(index)))
        }
    }

    /// Fails all waiters, or those of everything but outcomes. What has happened stays: it is recorded when it can be.
    mutating func refuse(_ error: JournalError, sparingOutcomes: Bool = false, into settled: inout SettledWaiters) {
        for index in entries.indices {
            let isOutcome = entries[index].record.kind == .outcome
            guard let waiter = entries[index].waiter, !(isOutcome && sparingOutcomes) else { continue }
            entries[index].waiter = nil
            waiters -= 1
            entries[index].isRefused = !entries[index].record.hasHappened
            settled.add(waiter, .failure(error))
        }
    }
}

/// Somebody who wants to know when a record is written or durable.
struct JournalWaiter: Sendable {
    let promise: JournalPromise
    let run: @Sendable (Result<UInt64, JournalError>) -> Void
}

/// Waiters to be told something, outside of any lock.
struct SettledWaiters {
    private var list: [(waiter: JournalWaiter, result: Result<UInt64, JournalError>)] = []

    mutating func add(_ waiter: JournalWaiter, _ result: Result<UInt64, JournalError>) {
        list.append((waiter, result))
    }

    func run() {
        for (waiter, result) in list { waiter.run(result) }
    }

    var results: [Result<UInt64, JournalError>] { list.map(\.result) }
}
