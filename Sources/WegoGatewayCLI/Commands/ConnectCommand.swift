// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import ControlPlane
import Foundation
import StrictJSON

struct ConnectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Let a person grant access to a WegoWise account, for a new home user or one that exists.",
        discussion: """
            Prints the address at which the person says yes. WegoWise then sends the browser to oauth.callback_url, and \
            the running gateway does the rest. With --oob the person gets a code instead, which is asked for here.

            Examples:
              wego-gateway connect alice
              wego-gateway connect alice --consumer app --return-to https://app.example/done
              wego-gateway connect alice --oob
            """)

    @Argument(help: "Your name for the home user.") var name: String
    @Option(help: ArgumentHelp("The consumer to connect through.", valueName: "name")) var consumer: String?
    @Option(help: ArgumentHelp("Where to send the browser in the end (see oauth.return_to).", valueName: "url"))
    var returnTo: String?
    @Flag(help: "Out of band: the person types in a code.") var oob = false
    @OptionGroup var owner: TenantOption
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !oob || returnTo == nil else {
            throw ValidationError("With --oob no browser comes back, so --return-to says nothing.")
        }
    }

    func run() async throws {
        try await AdminConnection.with(global.settings(), sending: true) { admin in
            let started = try await OperatorCallAnswer.json(
                of: admin, user: name, tenant: owner.tenant, method: "POST", path: "/connect",
                body: beginning)
            guard oob else { return show(started, isRunning: admin.isGateway) }
            try await finish(started, admin)
        }
    }

    private var beginning: JSONTree {
        let members = [("consumer", consumer), ("return_to", returnTo), ("mode", oob ? "oob" : nil)]
        return .object(members.compactMap { name, value in value.map { JSONTree.Member(name, .string($0)) } })
    }

    private func show(_ started: JSONValue, isRunning: Bool) {
        global.output.done(
            """
            Open this address as the person whose account it is, before \(EntryOutput.text(started["expires_at"])):
            \(EntryOutput.text(started["authorize_url"]))
            """, started)
        if !isRunning {
            Terminal.write(
                "No gateway runs, so nobody will be there when the browser comes back. Start it with "
                    + "`wego-gateway serve`.\n", to: .errors)
        }
    }

    /// The code is a secret for as long as the exchange takes, so it is not echoed.
    private func finish(_ started: JSONValue, _ admin: AdminConnection) async throws {
        let address = EntryOutput.text(started["authorize_url"])
        guard let token = URLComponents(string: address)?.queryItems?.first(where: { $0.name == "oauth_token" })?.value
        else { throw CommandFailure(.unavailable, "The gateway's answer is not understood. Is it of another version?") }
        Terminal.write("Open this address as the person whose account it is:\n\(address)\n", to: .errors)
        let verifier = try SecretInput(subject: "code that WegoWise shows", path: "-").read()
        let user = try await OperatorCallAnswer.json(
            of: admin, user: name, tenant: owner.tenant, method: "POST", path: "/connect/finish",
            body: .members(["oauth_token": .string(token), "oauth_verifier": .secret(verifier)]))
        global.output.done("Home user \(name) is connected (\(EntryOutput.text(user["state"]))).", user)
        if let detail = user["detail"]?.string { Terminal.write("\(detail)\n", to: .errors) }
    }
}
