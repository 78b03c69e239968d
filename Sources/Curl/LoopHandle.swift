// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import CCurl
import Synchronization

/// Owns the C loop.
///
/// `@unchecked Sendable` because the pointer is constant, the functions called here are those two that ccurl.h allows
/// from any thread, and everything else goes through `pointer` on the engine's thread alone.
final class LoopHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    private let published = Mutex(EngineStatistics())

    init?(_ settings: EngineSettings) {
        var origin = settings.origin.description
        origin.append("/")
        let pointer = origin.withCString { url in
            settings.origin.scheme.rawValue.withCString { scheme in
                settings.userAgent.withCString { userAgent in
                    withOptionalCString(settings.caFile) { caFile in
                        var raw = ccurl_settings()
                        raw.url = url
                        raw.protocol = scheme
                        raw.ca_file = caFile
                        raw.user_agent = userAgent
                        // Nought would mean libcurl's own five minutes.
                        raw.connect_timeout_ms = max(1, Int(settings.connectTimeout / .milliseconds(1)))
                        raw.maximum_connections = settings.maximumConnections
                        raw.maximum_head = settings.maximumHead
                        raw.maximum_body = settings.maximumBody
                        raw.maximum_buffered = settings.maximumBuffered
                        raw.allows_private_addresses = settings.allowsPrivateAddresses
                        return ccurl_loop_create(&raw)
                    }
                }
            }
        }
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    deinit {
        ccurl_loop_destroy(pointer)
    }

    func wake() {
        ccurl_loop_wake(pointer)
    }

    func setDurable(_ sequence: UInt64) {
        ccurl_loop_set_durable(pointer, sequence)
    }

    var statistics: EngineStatistics { published.withLock { $0 } }

    /// On the engine's thread.
    func publish(_ statistics: EngineStatistics) {
        published.withLock { $0 = statistics }
    }
}

/// Counters of an engine since its start, and gauges of now.
package struct EngineStatistics: Sendable, Equatable {
    package internal(set) var transfers: UInt64 = 0
    package internal(set) var reusedConnections: UInt64 = 0
    /// Pooled connections found unclean right before use.
    package internal(set) var staleConnections: UInt64 = 0
    /// Pooled connections that spoke or closed while idle.
    package internal(set) var idleTrips: UInt64 = 0
    package internal(set) var openConnections = 0
    package internal(set) var running = 0
    package internal(set) var waiting = 0
}

private func withOptionalCString<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
    guard let text else { return body(nil) }
    return text.withCString { body($0) }
}
