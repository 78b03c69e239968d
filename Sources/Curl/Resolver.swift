// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Synchronization

/// Looks the upstream's name up on a thread of its own and keeps the last good answer.
///
/// libcurl would join its resolver thread when it gives a lookup up, so one name server that does not answer would stop
/// every transfer. See docs/engine.md.
final class Resolver: Sendable {
    /// How long an answer is used before it is asked for again.
    private static let refreshInterval: TimeInterval = 60

    /// How soon a failed lookup is repeated.
    private static let retryInterval: TimeInterval = 2

    private struct State {
        var entry = ""
        var generation = 0
        var isStopped = false
    }

    private let state = Mutex(State())
    private let stopped = DispatchSemaphore(value: 0)
    private let firstAnswer = DispatchSemaphore(value: 0)

    init(_ origin: UpstreamOrigin) {
        let thread = Thread { [self] in
            while !state.withLock({ $0.isStopped }) {
                let addresses = Self.addresses(of: origin)
                update(addresses, origin)
                firstAnswer.signal()
                let pause = addresses.isEmpty ? Self.retryInterval : Self.refreshInterval
                if stopped.wait(timeout: .now() + pause) == .success { return }
            }
        }
        thread.name = "resolver"
        thread.start()
        // Requests of the first second should not fail because the answer is on its way.
        _ = firstAnswer.wait(timeout: .now() + 2)
    }

    /// The newest answer in the form of CURLOPT_RESOLVE, and a number that grows with each change; nil before the
    /// first.
    var newest: (entry: String, generation: Int)? {
        state.withLock { $0.generation == 0 ? nil : ($0.entry, $0.generation) }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        stopped.signal()
    }

    private func update(_ addresses: [String], _ origin: UpstreamOrigin) {
        guard !addresses.isEmpty else { return }
        let entry = "\(origin.host):\(origin.effectivePort):\(addresses.joined(separator: ","))"
        state.withLock { state in
            guard state.entry != entry else { return }
            state.entry = entry
            state.generation += 1
        }
    }

    private static func addresses(of origin: UpstreamOrigin) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(origin.host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [String] = []
        var next = list
        while let info = next?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
                let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                found.append(info.ai_family == AF_INET6 ? "[\(address)]" : address)
            }
            next = info.ai_next
        }
        return found
    }
}
