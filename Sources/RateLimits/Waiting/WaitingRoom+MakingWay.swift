// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Who loses a ticket when as many wait as may, so that nobody fills the room alone: no tenant, and in a tenant no home user.
extension WaitingRoom {
    /// Nil: nobody, and the newcomer is refused.
    func whoMakesWay(for ticket: Ticket, isLineFull: Bool) -> Ticket? {
        // At nobody else's cost.
        if ticket.priority == .interactive,
            let own = lines[ticket.consumer]?.newestOfBatch(of: ticket.homeUser)
        {
            return own
        }
        if isLineFull { return whoMakesWay(for: ticket, lines[ticket.consumer].map { [$0] } ?? []) }
        let own = ticket.consumer.tenant
        if let most = tenants.max(by: { $0.value < $1.value }), most.key != own,
            most.value >= (tenants[own] ?? 0) + 2
        {
            let theirs = lines(of: most.key)
            return theirs.compactMap(\.largest).max { $0.count < $1.count }?.newest
        }
        return whoMakesWay(for: ticket, lines(of: own))
    }

    private func lines(of tenant: String) -> [WaitingLine] {
        lines.filter { $0.key.tenant == tenant }.map(\.value)
    }

    /// Whoever has most tickets, if the newcomer's home user then has no more than that one; and batch calls of one that has
    /// more of them than the newcomer's has interactive ones.
    private func whoMakesWay(for ticket: Ticket, _ lines: [WaitingLine]) -> Ticket? {
        let line = self.lines[ticket.consumer]
        if ticket.priority == .interactive,
            let batch = lines.compactMap(\.largestOfBatch).max(by: { $0.count < $1.count }),
            batch.count > line?.interactiveCount(of: ticket.homeUser) ?? 0
        {
            return batch.newest
        }
        let own = line?.count(of: ticket.homeUser) ?? 0
        let largest = lines.compactMap(\.largest).max { $0.count < $1.count }
        return largest.flatMap { $0.count >= own + 2 ? $0.newest : nil }
    }
}
