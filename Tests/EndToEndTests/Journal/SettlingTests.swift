// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// What a crash leaves unsettled in the store, and a journal that is not there at the next start.
struct SettlingTests {
    @Test(arguments: [false, true])
    func whatIsSettledIsRecordedAfterARefusedStart(_ isSettledByACommand: Bool) async throws {
        let gateway = try await SandboxedGateway(SandboxState(users: ["alice"], samples: false))
        gateway.sandbox.pause()
        let creation = Task {
            try? await gateway.send(
                "POST", "/users/developer/api/v1/wego_home/users", EndpointCall.newUser("nina"))
        }
        let client = try gateway.client()
        while try await !client.send("GET", "/users/nina").bodyText.contains("\"state\":\"pending\"") {}
        try await gateway.kill()
        gateway.sandbox.resume()
        _ = await creation.value

        let audit = gateway.directory.file("state/audit")
        #expect(rename(audit, audit + ".aside") == 0)
        let refused = try await Binary.run(["serve"] + gateway.configuration)
        #expect(refused.status == 3 && refused.errors.contains("it held a part of this journal"), "\(refused)")
        // A command that only reads goes on, and settles nothing either.
        let listed = try await Binary.run(["user", "list", "--tenant", "acme", "--json"] + gateway.configuration)
        #expect(listed.status == 0 && listed.output.contains(#""state": "pending""#), "\(listed)")
        #expect(listed.errors.contains("What a crash has left unsettled stays so: the audit directory"), "\(listed)")

        #expect(rename(audit + ".aside", audit) == 0)
        if !isSettledByACommand { try await gateway.restart() }
        #expect(try await gateway.user("nina")?.state == "unknown")
        if isSettledByACommand { try await gateway.restart() }
        let records = try Deployment.journal(in: audit).filter { $0.kind == "admin" && $0.action == "unknown" }
        #expect(records.count == 1)
        #expect(records.first?.actor == "gateway" && records.first?.name?.hasPrefix("usr_") == true)
    }
}
