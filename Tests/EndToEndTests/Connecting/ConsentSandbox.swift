// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// The sandbox of the built command over plain HTTP, and a person in front of its consent page.
final class ConsentSandbox: Sendable {
    struct User: Decodable, Equatable, Sendable {
        let username: String
        let tokens: Int
    }

    /// One request that arrived, as `GET /_sandbox/requests` shows it.
    struct Arrival: Decodable, Sendable {
        let method: String
        let target: String
        var user: String?
        let verdict: String
        var status: Int?
    }

    private struct Log: Decodable {
        let requests: [Arrival]
    }

    let url: String
    let port: Int
    private let process: ChildProcess

    /// - Parameter directory: With the credentials of an earlier one, or empty.
    init(in directory: String, users: [String]) async throws {
        process = try await ChildProcess(
            Binary.path,
            [
                "sandbox", "--http", "--port", "0", "--json", "--quiet", "--directory", directory,
                "--users", users.joined(separator: ","),
            ])
        let announced = try await Announcement(process.output.firstLine())
        url = announced.url ?? ""
        port = try Announcement.port(announced.url)
    }

    // MARK: A person

    /// Opens the consent page and presses a button as a browser would. Returns where that leads: an address, or the page.
    func decide(_ decision: String, as user: String, at authorizeURL: String) async throws -> RawResponse {
        let page = try await request("GET", String(authorizeURL.dropFirst(url.count)))
        let form = try needed(page.bodyText.firstMatch(of: /name="form_value" value="([^"]*)"/)?.1, page)
        let token = try needed(page.bodyText.firstMatch(of: /name="oauth_token" value="([^"]*)"/)?.1, page)
        return try await request(
            "POST", "/oauth/authorize", type: "application/x-www-form-urlencoded",
            "oauth_token=\(token)&form_value=\(form)&username=\(user)&decision=\(decision)")
    }

    /// Path and query of the callback that the person's browser is sent to.
    func consent(_ decision: String = "allow", as user: String, at authorizeURL: String) async throws -> String {
        let response = try await decide(decision, as: user, at: authorizeURL)
        let location = try needed(response.header("location"), response)
        return String(location[try needed(location.firstRange(of: "/oauth/callback"), response).lowerBound...])
    }

    /// The code shown to a person who carries it over.
    func verifier(as user: String, at authorizeURL: String) async throws -> String {
        let page = try await decide("allow", as: user, at: authorizeURL)
        return String(try needed(page.bodyText.firstMatch(of: /<output id="verifier">([^<]*)</)?.1, page))
    }

    // MARK: Behind the stage

    func script(_ json: String) async throws {
        let response = try await request("POST", "/_sandbox/faults", type: "application/json", json)
        guard response.status == 200 else { throw Unforwarded(response: response) }
    }

    func removeFaults() async throws { _ = try await request("DELETE", "/_sandbox/faults") }

    func revoke(_ user: String) async throws {
        _ = try await request("POST", "/_sandbox/revoke", type: "application/json", #"{"user":"\#(user)"}"#)
    }

    func tokens(of user: String) async throws -> Int? {
        let body = try await request("GET", "/_sandbox/users").body
        return try JSONDecoder().decode([User].self, from: Data(body)).first { $0.username == user }?.tokens
    }

    func arrivals(at path: String) async throws -> [Arrival] {
        let body = try await request("GET", "/_sandbox/requests").body
        return try JSONDecoder().decode(Log.self, from: Data(body)).requests.filter { $0.target.hasPrefix(path) }
    }

    private func request(
        _ method: String, _ target: String, type: String = "", _ body: String? = nil
    ) async throws -> RawResponse {
        let connection = try RawConnection.tcp(port: port)
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        if let body { head += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n" }
        try await connection.send(head + "\r\n" + (body ?? ""))
        return try await connection.response()
    }
}

/// A value that an answer has to give.
private func needed<Value>(_ value: Value?, _ response: RawResponse) throws -> Value {
    guard let value else { throw Unforwarded(response: response) }
    return value
}
