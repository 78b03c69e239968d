// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Hummingbird
import Logging
import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the admin router keeps for one request. It can be made without a connection, for commands run in process.
package struct AdminContext: RequestContext {
    package var coreContext: CoreRequestContextStorage

    /// Nil for an operation performed in process.
    private let channel: (any Channel)?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    init(logger: Logger) {
        coreContext = .init(source: LoggerSource(logger: logger))
        channel = nil
    }

    /// Who asks, for the audit journal: the kernel's word for who is at the other end of the socket, or this process.
    func actor() async -> String {
        guard let channel else { return "operator:uid=\(getuid())" }
        guard let options = channel as? any SocketOptionProvider,
            let peer: PeerCredentials = try? await options.unsafeGetSocketOption(
                level: .socket, name: NIOBSDSocket.Option(rawValue: PeerCredentials.option)
            ).get()
        else { return "operator" }
        return "operator:uid=\(peer.user)"
    }

    /// `ucred` of unix(7).
    private struct PeerCredentials: Sendable {
        static let option: CInt = 17

        var process: pid_t = 0
        var user: uid_t = 0
        var group: gid_t = 0
    }

    private struct LoggerSource: RequestContextSource {
        let logger: Logger
    }
}
