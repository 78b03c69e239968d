// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore

/// Outcomes on their way back, one hand-over a batch and event loop.
struct Deliveries {
    private struct Batch {
        let eventLoop: any EventLoop
        var outcomes: [(receiver: any TransferReceiver, outcome: Result<TransferResponse, TransferFailure>)]
    }

    /// As many as there are event loops: few, so a search beats a table.
    private var batches: [Batch] = []

    mutating func add(_ outcome: Result<TransferResponse, TransferFailure>, to receiver: any TransferReceiver) {
        let eventLoop = receiver.eventLoop
        if let index = batches.firstIndex(where: { $0.eventLoop === eventLoop }) {
            batches[index].outcomes.append((receiver, outcome))
        } else {
            batches.append(Batch(eventLoop: eventLoop, outcomes: [(receiver, outcome)]))
        }
    }

    mutating func send() {
        for batch in batches {
            let outcomes = batch.outcomes
            batch.eventLoop.execute {
                for (receiver, outcome) in outcomes { receiver.transferEnded(outcome) }
            }
        }
        batches.removeAll(keepingCapacity: true)
    }
}
