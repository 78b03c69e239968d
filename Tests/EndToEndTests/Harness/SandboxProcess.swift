// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// The sandbox of the built command. It speaks plain HTTP, so that its controls can be asked byte by byte.
final class SandboxProcess: Sendable {
    /// A user as `GET /_sandbox/users` shows it.
    struct User: Decodable, Equatable, Sendable {
        let username: String
        let kind: String?
        let tokens: Int
    }

    /// One request that arrived, as `GET /_sandbox/requests` shows it.
    struct Arrival: Decodable, Sendable {
        let method: String
        let target: String
        var user: String?
        let verdict: String
        var status: Int?
        var fault: Int?
    }

    private struct Log: Decodable {
        let total: Int
        let requests: [Arrival]
    }

    let url: String
    let port: Int
    /// Where it wrote the credentials of its users.
    let directory: String
    private let process: ChildProcess

    /// - Parameters:
    ///   - users: Home users. With samples, the first two have a home.
    ///   - dataUsers: Data-only users.
    init(
        in directory: TemporaryDirectory, users: [String], dataUsers: [String] = [], samples: Bool = true
    ) async throws {
        self.directory = directory.file("sandbox")
        process = try await ChildProcess(
            Binary.path,
            [
                "sandbox", "--http", "--port", "0", "--json", "--quiet", "--directory", self.directory,
                "--users", users.joined(separator: ","), "--data-users", dataUsers.joined(separator: ","),
            ] + (samples ? ["--samples"] : []))
        let announced = try await Announcement(process.output.firstLine())
        url = announced.url ?? ""
        port = try Announcement.port(announced.url)
    }

    var consumerKey: String {
        get throws {
            try String(contentsOfFile: directory + "/consumer.key", encoding: .utf8).trimmingCharacters(in: .newlines)
        }
    }

    var consumerSecretFile: String { directory + "/consumer.secret" }
    func tokenFile(_ user: String) -> String { "\(directory)/users/\(user).token" }
    func secretFile(_ user: String) -> String { "\(directory)/users/\(user).secret" }

    /// Scripts a fault, such as `{"match": {"method": "POST"}, "fault": {"status": 503}}`.
    func script(_ json: String) async throws {
        let response = try await control("POST", "faults", json)
        guard response.status == 200 else { throw Unforwarded(response: response) }
    }

    func removeFaults() async throws { _ = try await control("DELETE", "faults") }

    func users() async throws -> [User] {
        try JSONDecoder().decode([User].self, from: Data(try await control("GET", "users").body))
    }

    func user(_ name: String) async throws -> User? { try await users().first { $0.username == name } }

    /// The last thousand requests, oldest first.
    func arrivals() async throws -> [Arrival] { try await log().requests }

    /// How many requests have arrived since the start.
    func arrivalCount() async throws -> Int { try await log().total }

    /// Stands still until `resume`; what is sent to it waits in its sockets.
    func pause() { process.send(signal: SIGSTOP) }

    func resume() { process.send(signal: SIGCONT) }

    /// Presses Allow on the consent page. The verifier that it shows for a flow without a callback.
    func consent(token: String, user: String) async throws -> String {
        let page = try await page("GET /oauth/authorize?oauth_token=\(token)")
        guard let value = page.firstMatch(of: /name="form_value" value="([^"]+)"/)?.1 else {
            throw NoConsent(page: page)
        }
        let answer = try await self.page(
            "POST /oauth/authorize",
            form: "oauth_token=\(token)&form_value=\(value)&username=\(user)&decision=allow")
        guard let verifier = answer.firstMatch(of: /<output id="verifier">([^<]+)</)?.1 else {
            throw NoConsent(page: answer)
        }
        return String(verifier)
    }

    private func page(_ request: String, form: String? = nil) async throws -> String {
        let connection = try RawConnection.tcp(port: port)
        var head = "\(request) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        if let form {
            head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(form.utf8.count)\r\n"
        }
        try await connection.send(head + "\r\n" + (form ?? ""))
        return try await connection.response().bodyText
    }

    struct NoConsent: Error {
        let page: String
    }

    private func log() async throws -> Log {
        try JSONDecoder().decode(Log.self, from: Data(try await control("GET", "requests").body))
    }

    func control(_ method: String, _ name: String, _ json: String? = nil) async throws -> RawResponse {
        let connection = try RawConnection.tcp(port: port)
        var head = "\(method) /_sandbox/\(name) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        if let json { head += "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n" }
        try await connection.send(head + "\r\n" + (json ?? ""))
        return try await connection.response()
    }
}
