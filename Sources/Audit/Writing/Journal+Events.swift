// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension Journal {
    /// Records a refused call; in a flood one by one only the first few of each kind in a second, the others counted.
    /// Nothing waits for it. A journal that is not available counts it among what it refused.
    package func appendDenied(_ denied: DeniedCalls, time: Int64) {
        recordDenials { $0.refused(denied, at: time) }
    }

    /// Records an administrative change and blocks until that is durable; never on an event loop. To be called before
    /// the change is acknowledged. A disk that does not answer ends the wait after the stall limit.
    ///
    /// An event that says how a change has ended is kept when this throws `unavailable`, and written when that is
    /// possible again. One that says that a change begins is not; the change must not be made then.
    @discardableResult
    package func appendAdmin(_ event: AdminEvent, time: Int64) throws(JournalError) -> UInt64 {
        try appendAndWait([JournalRecord(time: time, content: .admin(event))])
    }

    /// What counted denials became due is appended, each record on its own: one that is refused takes no other along.
    func recordDenials(_ take: (inout DenialAggregate) -> [JournalRecord]) {
        for record in denials.withLock({ take(&$0) }) {
            // The refusal is in the journal's own count, which the next `recovered` record tells.
            _ = try? append([record])
        }
    }
}
