// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import Synchronization

/// The open client connections, to bound them and to drain them.
final class ConnectionRegister: Sendable {
    private struct Contents {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var whenEmpty: [EventLoopPromise<Void>] = []
        var isDraining = false
    }

    private let contents = Mutex(Contents())

    var count: Int { contents.withLock { $0.channels.count } }

    /// False when there are `maximum` already, or none are wanted any more.
    func add(_ channel: any Channel, maximum: Int) -> Bool {
        let isAdded = contents.withLock { contents in
            guard !contents.isDraining, contents.channels.count < maximum else { return false }
            contents.channels[ObjectIdentifier(channel)] = channel
            return true
        }
        if isAdded { channel.closeFuture.whenComplete { _ in self.remove(channel) } }
        return isAdded
    }

    private func remove(_ channel: any Channel) {
        let promises = contents.withLock { contents -> [EventLoopPromise<Void>] in
            contents.channels[ObjectIdentifier(channel)] = nil
            guard contents.channels.isEmpty else { return [] }
            defer { contents.whenEmpty = [] }
            return contents.whenEmpty
        }
        for promise in promises { promise.succeed() }
    }

    /// Tells the open connections, and lets no more in: one may have been accepted just before the listener closed.
    func drain() {
        let channels = contents.withLock { contents in
            contents.isDraining = true
            return Array(contents.channels.values)
        }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        }
    }

    func closeAll() {
        for channel in contents.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    /// Returns when no connection is left or the deadline has passed.
    func allClosed(before deadline: NIODeadline, on eventLoop: any EventLoop) async {
        let promise = eventLoop.makePromise(of: Void.self)
        let isEmpty = contents.withLock { contents in
            if contents.channels.isEmpty { return true }
            contents.whenEmpty.append(promise)
            return false
        }
        if isEmpty { promise.succeed() }
        let timeout = eventLoop.scheduleTask(deadline: deadline) { promise.succeed() }
        try? await promise.futureResult.get()
        timeout.cancel()
    }
}
