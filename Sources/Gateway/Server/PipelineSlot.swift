// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import Synchronization

/// A pipeline that listeners wait for: its rules name the port, which is known only once it is bound.
final class PipelineSlot: Sendable {
    private enum State {
        case empty([EventLoopPromise<RequestPipeline>])
        case filled(RequestPipeline)
    }

    private let state = Mutex(State.empty([]))

    /// Once.
    func fill(_ pipeline: RequestPipeline) {
        let waiting = state.withLock { state -> [EventLoopPromise<RequestPipeline>] in
            guard case .empty(let waiting) = state else { preconditionFailure("a slot is filled once") }
            state = .filled(pipeline)
            return waiting
        }
        for promise in waiting { promise.succeed(pipeline) }
    }

    func whenFilled(on eventLoop: any EventLoop) -> EventLoopFuture<RequestPipeline> {
        state.withLock { state in
            switch state {
            case .filled(let pipeline):
                return eventLoop.makeSucceededFuture(pipeline)
            case .empty(let waiting):
                let promise = eventLoop.makePromise(of: RequestPipeline.self)
                state = .empty(waiting + [promise])
                return promise.futureResult
            }
        }
    }
}
