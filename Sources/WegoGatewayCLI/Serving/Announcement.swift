// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Sandbox

/// The first line on standard output: where a server is found, once it can be used.
struct Announcement: Sendable {
    private let sentence: String
    private let members: JSONTree

    func write(asJSON isJSON: Bool) {
        Terminal.announce((isJSON ? members.bytes : Array(sentence.utf8)) + [UInt8(ascii: "\n")])
    }
}

extension Announcement {
    init(sandbox address: SandboxAddress) {
        sentence =
            "sandbox listening on \(address.url)" + (address.caFile.map { " (certificate authority \($0))" } ?? "")
        members = .members([
            "url": .string(address.url), "port": .int(Int64(address.port)), "ca_file": .text(address.caFile),
        ])
    }

    /// - Parameter listenSocket: the data plane's Unix socket, if there is one.
    init(listen: String, listenSocket: String?, ops: String, admin: String) {
        sentence =
            "wego-gateway listening on \(listen)" + (listenSocket.map { " and \($0)" } ?? "")
            + " (ops \(ops), admin \(admin))"
        var members: [JSONTree.Member] = [.init("listen", .string(listen))]
        if let listenSocket { members.append(.init("listen_unix_socket", .string(listenSocket))) }
        members += [.init("ops", .string(ops)), .init("admin", .string(admin))]
        self.members = .object(members)
    }
}
