// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Everything the gateway can do, once, with marked secrets.
extension CanaryHouse {
    func provision() async throws {
        try await command("init")
        try await command("tenant", "add", "acme")
        mark("consumer secret", try file("consumer.secret"))
        try await command(
            "consumer", "add", "main", "--key", try file("consumer.key"), "--secret-file",
            directory.file("sandbox/consumer.secret"))
        for name in [Self.first, Self.second, "developer"] {
            mark("token of \(name)", try file("users/\(name).token"))
            mark("token secret of \(name)", try file("users/\(name).secret"))
            let files = (directory.file("sandbox/users/\(name).token"), directory.file("sandbox/users/\(name).secret"))
            let options = name == "developer" ? ["--developer"] : []
            let result = try await Binary.run(
                ["user", "import", name, "--consumer", "main", "--token-file", files.0, "--secret-file", files.1]
                    + options + ["--config", directory.file("config.json")])
            #expect(result.status == 0, "\(result.errors)")
            note("output of user import", Data((result.output + result.errors).utf8))
        }
        try await addCaller("all", "read,write,users,connect")
        try await addCaller("reader", "read")
        mark("root key", try secretWord(in: "state/master.key"))
        mark("audit key", try secretWord(in: "state/audit.key"))
    }

    private func addCaller(_ name: String, _ scopes: String) async throws {
        let added = try await command("caller", "add", name, "--scopes", scopes, "--json", isTold: true)
        let key = try JSONDecoder().decode(CallerAdded.self, from: Data(added.output.utf8)).key
        mark("key of \(name)", key)
        // The part that is secret, too; what stands before it is an identifier.
        mark("secret of \(name)", String(key.split(separator: "_").last ?? ""))
        keys.change { $0[name] = key }
    }

    /// The longest run of characters that a key in text form may consist of.
    private func secretWord(in name: String) throws -> String {
        let words = try directory.read(name).split { !$0.isLetter && !$0.isNumber && !"+/=".contains($0) }
        return String(words.max { $0.count < $1.count } ?? "")
    }

    // MARK: Calls

    func call() async throws {
        let home = "/users/\(Self.first)/api/v1/wego_home"
        let query = marked("query value").addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let header = marked("header value"), body = marked("body value"), name = marked("query name")
        let encoded = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let headers = ["X-Note: \(header)", "Cookie: a=\(header)", "User-Agent: \(header)", "Accept: text/\(header)"]
        try await send("GET", "\(home)/meters?page=\(query)&\(encoded)=1", nil, headers)
        try await send("POST", "\(home)/notes?x=\(query)", #"{"note": "\#(body)"}"#, headers)
        try await send("PUT", "\(home)/building", #"{"password": "\#(body)", "n": 1}"#, headers)
        try await send(
            "POST", "/forward",
            #"{"user":"\#(Self.first)","method":"POST","path":"/api/v1/wego_home/notes","#
                + #""query":{"q":"\#(name)"},"body":{"note":"\#(body)"}}"#)
        try await send("GET", "/public/api/v1/utility_companies?state=\(query)", nil, as: "reader")
        let told = marked("value in an answer")
        try await sandbox.script(
            #"{"match": {"path_prefix": "/api/"}, "fault": {"status": 200, "body": {"owner": "\#(told)"}}}"#)
        #expect(try await send("GET", "\(home)/building").bodyText.contains(told))
        try await command("call", Self.second, "GET", "/api/v1/wego_home/meters")
        try await command("sign", "explain", Self.first, "GET", "/api/v1/wego_home/meters?a=1")
        try await command("limits", "show", Self.first)
    }

    func refuseAndFail() async throws {
        let home = "/users/\(Self.first)/api/v1/wego_home"
        let body = marked("refused body"), query = uniqueWord(), key = marked("key nobody has")
        mark("refused query value", query)
        try await send("GET", "\(home)/meters?a=\(query)", as: "wgk_\(uniqueWord())_\(key)")
        try await send("POST", "\(home)/notes", #"{"note": "\#(body)"}"#, as: "reader")
        try await send("POST", "\(home)/notes", #"{"note": "\#(body)""#)
        try await send("POST", "/forward", #"{"user": "\#(body)"}"#)
        try await send("POST", "/forward", #"{"\#(body)": 1}"#)
        try await send("GET", "/nowhere?a=\(query)")
        try await send("GET", "\(home)/meters?oauth_token=\(query)")
        try await send("GET", "/users/nobody/oauth/user?a=\(query)")
        try await send("GET", "\(home)/meters", as: nil, ["Origin: https://\(query).example"])
        for fault in [
            #"{"status": 503}"#, #"{"cut": "after-read"}"#, #"{"cut": "mid-head"}"#, #"{"cut": "mid-body"}"#,
            #"{"delay": "3s"}"#, #"{"retry_after": 1}"#, #"{"status": 200, "headers": {"A": "b"}, "body": "x"}"#,
        ] {
            try await sandbox.script(#"{"match": {"path_prefix": "/api/"}, "fault": \#(fault)}"#)
            try await send("POST", "\(home)/notes?a=\(query)", #"{"note": "\#(body)"}"#)
        }
        try await sandbox.removeFaults()
    }

    // MARK: Credentials

    func connect() async throws {
        let begun = try await begin(Self.third, nil)
        let target = try await sandbox.consent(as: Self.third, at: begun.authorizeUrl)
        mark("verifier", String(target.firstMatch(of: /oauth_verifier=([^&]+)/)?.1 ?? ""))
        #expect(try await visit(target).status == 200)
        _ = try await visit(target)
        let oob = try await begin(Self.second, #"{"mode": "oob"}"#)
        let verifier = try await sandbox.verifier(as: Self.second, at: oob.authorizeUrl)
        mark("verifier that was carried over", verifier)
        let made = marked("verifier somebody made up")
        try await finish(Self.second, oob, made)
        let again = try await begin(Self.second, #"{"mode": "oob"}"#)
        let good = try await sandbox.verifier(as: Self.second, at: again.authorizeUrl)
        mark("good verifier", good)
        #expect(try await finish(Self.second, again, good).status == 200)
        let denied = try await begin(Self.third, nil)
        _ = try await visit(try await sandbox.consent("deny", as: Self.third, at: denied.authorizeUrl))
        _ = try await visit("/oauth/callback?oauth_token=\(uniqueWord())&oauth_verifier=\(uniqueWord())")
    }

    private func begin(_ user: String, _ body: String?) async throws -> ConnectGateway.Begun {
        let answer = try await send("POST", "/users/\(user)/connect", body)
        #expect(answer.status == 201, "\(answer.bodyText)")
        let begun = try ConnectGateway.Begun(answer.body)
        mark("temporary token \(secrets.current.count)", begun.token)
        return begun
    }

    @discardableResult
    private func finish(
        _ user: String, _ begun: ConnectGateway.Begun, _ verifier: String
    ) async throws -> RawResponse {
        try await send(
            "POST", "/users/\(user)/connect/finish",
            #"{"oauth_token":"\#(begun.token)","oauth_verifier":"\#(verifier)"}"#)
    }

    func create() async throws {
        let answer =
            #"{"id": 1, "oauth_token_key": "\#(marked("new token"))", "#
            + #""oauth_token_secret": "\#(marked("new token secret"))"}"#
        #expect(try await create(Self.created, answer).status == 200)
        let odd = #"{"id": 2, "pair": {"k": "\#(marked("odd token"))", "s": "\#(marked("odd token secret"))"}}"#
        #expect(try await create(Self.quarantined, odd).status == 502)
        let lost = #"{"id": 3, "pair": {"k": "\#(marked("lost token"))", "s": "\#(marked("lost secret"))"}}"#
        #expect(try await create("canaryhomeoffred", lost).status == 502)
        let listed = try await command("user", "quarantine", "list", "--json").output
        let ids = listed.matches(of: /"id": ?"?([0-9A-Za-z_-]+)"?/).map { String($0.1) }
        try #require(ids.count == 2, "\(listed)")
        for id in ids { try await command("user", "quarantine", "show", id) }
        let resolved = try await command(
            "user", "quarantine", "resolve", ids[0], "--token-member", "/pair/k", "--secret-member", "/pair/s")
        #expect(resolved.status == 0)
        #expect(try await command("user", "quarantine", "discard", ids[1], "--yes").status == 0)
    }

    private func create(_ name: String, _ answer: String) async throws -> RawResponse {
        try await sandbox.script(
            #"{"match": {"path_prefix": "/api/v1/wego_home/users"}, "fault": {"status": 200, "body": \#(answer)}}"#)
        return try await send(
            "POST", "/users/developer/api/v1/wego_home/users",
            #"{"email":"\#(uniqueWord())@example.org","first_name":"A","last_name":"B","username":"\#(name)","#
                + #""password":"\#(marked("password of \(name)"))"}"#)
    }

    func change() async throws {
        try await command("user", "freeze", Self.second, "--reason", "a reason")
        try await send("GET", "/users/\(Self.second)/oauth/user")
        try await command("user", "thaw", Self.second)
        try await sandbox.revoke(Self.second)
        try await send("GET", "/users/\(Self.second)/oauth/user")
        let rotated = try await command("caller", "rotate", "reader", "--json", isTold: true).output
        mark("rotated key", try JSONDecoder().decode(CallerAdded.self, from: Data(rotated.utf8)).key)
        try await command(
            "consumer", "rotate", "main", "--key", "new-consumer-key", "--secret-file", "-",
            input: marked("rotated consumer secret"))
        try await command("caller", "rm", "reader")
        try await sandbox.script(
            #"{"match": {"path_prefix": "/api/v1/wego_home/user"}, "fault": {"status": 200, "body": {}}}"#)
        try await send("DELETE", "/users/\(Self.third)/api/v1/wego_home/user")
        try await send("GET", "/users/\(Self.third)/oauth/user")
        try await command("user", "revoke", Self.second)
        try await command("user", "list", "--json")
        try await command("user", "show", Self.first)
        try await command("consumer", "list", "--json")
        try await command("caller", "list", "--json")
        try await command("config", "show")
    }

    func lookAround() async throws {
        for path in ["/metrics", "/readyz", "/livez", "/startupz"] { try await watch(path) }
        try await command("audit", "query", "--limit", "1000", "--json")
        try await command("audit", "query", "--user", Self.first, "--receipts")
        try await command("audit", "tail", "-n", "1000")
        try await command("audit", "export")
        try await command("audit", "reindex")
        #expect(try await command("audit", "verify").status == 0)
    }
}
