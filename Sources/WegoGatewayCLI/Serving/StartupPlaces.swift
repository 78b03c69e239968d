// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Collects the listeners as they come up.
struct StartupPlaces: Sendable {
    enum Place: Sendable {
        case listen(port: Int)
        case ops(port: Int)
        case admin
    }

    private let stream: AsyncStream<Place>
    private let continuation: AsyncStream<Place>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func report(_ place: Place) {
        continuation.yield(place)
    }

    /// The ports, when all are up; nil if the task is cancelled before.
    func all() async -> (listen: Int, ops: Int)? {
        var (listen, ops): (Int?, Int?) = (nil, nil)
        var isAdminUp = false
        for await place in stream {
            switch place {
            case .listen(let port): listen = port
            case .ops(let port): ops = port
            case .admin: isAdminUp = true
            }
            if let listen, let ops, isAdminUp { return (listen, ops) }
        }
        return nil
    }
}
