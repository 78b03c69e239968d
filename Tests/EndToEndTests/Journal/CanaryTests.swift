// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Marked secrets go through everything the gateway does; then everything it left behind is searched for them.
struct CanaryTests {
    @Test func noSecretIsFoundAnywhere() async throws {
        let house = try await CanaryHouse()
        try await house.provision()
        try await house.start()
        try await house.call()
        try await house.refuseAndFail()
        try await house.connect()
        try await house.create()
        try await house.change()
        try await house.lookAround()
        try await house.stop()
        // A second life: segments of the first are compressed, and memory would be written out if it could.
        try await house.start()
        try await house.send("GET", "/users/\(CanaryHouse.first)/oauth/user")
        let journal = try await house.command("audit", "export").output
        try expectNoCore(try await house.stop(SIGABRT), house)

        let files = filesBelow(house.directory.path) { $0.hasPrefix("sandbox") }
        let places = house.said.current.merging(files) { one, _ in one }
        #expect(files.keys.contains { $0.hasPrefix("state/audit/audit-") } && places.count > 100)
        // What is no secret is found, so the search is one.
        #expect(places.contains { SecretSearch("new-consumer-key").found(in: $0.value) != nil })
        #expect(house.secrets.current.count > 35)
        let statuses = house.statuses.current
        for status in [200, 201, 400, 401, 403, 404, 410, 429, 502, 503, 504] {
            #expect(statuses[status] != nil, "no answer \(status) among \(statuses)")
        }
        for (what, secret) in house.secrets.current {
            #expect(secret.utf8.count >= 16, "\(what) is too short to be looked for")
            let search = SecretSearch(secret)
            for (place, bytes) in places where !isItsPlace(place, what) {
                if let spelling = search.found(in: bytes) { Issue.record("\(what), \(spelling), in \(place)") }
            }
        }
        // Names of home users may stand in the log and in answers, but never in the journal, its index and the metrics.
        #expect(journal.contains(#""kind":"intent""#) && journal.contains(#""user":"usr_"#))
        for name in CanaryHouse.names {
            let search = SecretSearch(name)
            #expect(search.found(in: Data(journal.utf8)) == nil, "\(name) stands in the journal")
            for (place, bytes) in places where isOfTheJournal(place) {
                #expect(search.found(in: bytes) == nil, "\(name) stands in \(place)")
            }
        }
    }

    /// The keys have a file each; everything else has none.
    private func isItsPlace(_ place: String, _ what: String) -> Bool {
        place == "state/master.key" && what == "root key" || place == "state/audit.key" && what == "audit key"
    }

    private func isOfTheJournal(_ place: String) -> Bool {
        place.hasPrefix("state/audit") || place.hasPrefix("copies") || place.hasPrefix("/metrics")
            || place.hasPrefix("output of audit")
    }

    private func expectNoCore(_ status: Int32, _ house: CanaryHouse) throws {
        #expect(status == 128 + SIGABRT)
        let limits = house.said.current.first { $0.key.hasPrefix("/proc/PID/limits") }?.value ?? Data()
        let text = String(decoding: limits, as: UTF8.self)
        let line = try #require(text.firstMatch(of: /Max core file size +(\S+) +(\S+)/))
        #expect(line.1 == "0" && line.2 == "0")
        // Nor does the language's runtime tell what registers and memory hold.
        let logs = house.said.current.filter { $0.key.hasPrefix("log ") }.values
        for log in logs { #expect(log.range(of: Data("crashed".utf8)) == nil) }
    }

    /// A core file is forbidden twice: by its limit, and by the flag that also keeps other processes of this user out.
    @Test func memoryIsNotToBeDumped() async throws {
        let traced = try await ChildProcess.run(
            "/usr/bin/strace", ["-f", "-e", "trace=prctl,prlimit64", Binary.path, "config", "show"])
        #expect(traced.errors.contains("prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) = 0"))
        #expect(traced.errors.contains("RLIMIT_CORE, {rlim_cur=0, rlim_max=0}, NULL) = 0"))
    }

    /// Gone is gone: the name leads nowhere, a new account of that name is another one, and the chain is whole.
    @Test func recordsOfADestroyedUserBelongToNobody() async throws {
        let deployment = try await Deployment()
        let options = ["--tenant", "acme", "--config", deployment.configuration]
        let before = try await deployment.forward(.get("/users/alice/oauth/user")).response
        let old = try #require(try deployment.journal(of: before).first?.user)
        let known = try await deployment.audit("query", "--user", "alice", "--tenant", "acme")
        #expect(known.output.contains("/oauth/user"))
        try await Binary.succeed(["user", "rm", "alice"] + options)
        let query = try await deployment.audit("query", "--user", "alice", "--tenant", "acme")
        #expect(query.status == 1 && query.output.isEmpty && query.errors.contains("There is no home user named"))
        // The same name, token and secret again.
        let user = deployment.credentials.users[0]
        let token = try deployment.directory.write(user.token, to: "upstream-token")
        let secret = try deployment.directory.write(user.secret, to: "upstream-secret")
        try await Binary.succeed(
            ["user", "import", "alice", "--consumer", "main", "--token-file", token, "--secret-file", secret] + options)
        let after = try await deployment.forward(.get("/users/alice/oauth/user")).response
        let new = try #require(try deployment.journal(of: after).first?.user)
        #expect(new.hasPrefix("usr_") && new != old)
        let found = try await deployment.audit("query", "--user", "alice", "--tenant", "acme", "--json").output
        #expect(!found.contains(old) && found.contains(new))
        deployment.gateway.send(signal: SIGTERM)
        _ = try await deployment.gateway.exitStatus()
        // Neither the store nor the root key says whose the old records are.
        let identifier = Data(old.dropFirst(4).utf8)
        for (name, bytes) in filesBelow(deployment.directory.path, leavingOut: { $0.hasPrefix("state/audit") }) {
            #expect(bytes.range(of: identifier) == nil, "\(name) holds the old pseudonym")
        }
        #expect(try await deployment.audit("verify").status == 0)
        #expect(try await deployment.exported().contains { $0.user == old })
    }
}
