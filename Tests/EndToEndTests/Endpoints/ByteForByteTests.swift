// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing
import WegoWise

/// What is sent is what the caller wrote: the independent upstream compares bytes.
struct ByteForByteTests {
    /// The members of a good body in an odd but lawful spelling, with members nobody knows.
    private static func oddly(_ body: String) -> [UInt8] {
        let members = body.dropFirst().dropLast()
        let text =
            "\r\n\t{ \"zz\\u00e9 \\/\" : [ 1.50 , 1E2, -0.0, 12345678901234567890 , null ],\n\"é\":\"\\u0041\""
            + (members.isEmpty ? "" : " ,  \(members.replacing(/":/, with: "\" :\n  "))") + "}  \n"
        return Array(text.utf8)
    }

    private static func settings(_ mode: ValidationMode) -> [String: String] { ["VALIDATION": mode.rawValue] }

    @Test(arguments: ValidationMode.allCases)
    func bodiesPassUnchanged(mode: ValidationMode) async throws {
        let deployment = try await Deployment(settings: Self.settings(mode))
        for call in EndpointCall.all {
            // The independent upstream answers a creation without a token, which is another story.
            guard let body = call.body, call.route != "wego_home.users.create" else { continue }
            let bytes = Self.oddly(body)
            let direct = Call(
                method: call.method, target: "/users/alice\(call.target)",
                headers: [("Content-Type", "application/json; charset=utf-8")], body: bytes)
            try await expect(direct, bytes, call, deployment)
            let inner = bytes.drop { $0 <= 0x20 }
            let trimmed = Array(inner[..<(inner.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? inner.endIndex)])
            let start = #"{"user":"alice","method":"\#(call.method)","path":"\#(call.target)","body": "#
            let envelope = Call(
                method: "POST", target: "/forward", headers: [("Content-Type", "application/json")],
                body: Array(start.utf8) + trimmed + Array(" }".utf8))
            try await expect(envelope, trimmed, call, deployment)
        }
    }

    private func expect(_ call: Call, _ bytes: [UInt8], _ endpoint: EndpointCall, _ deployment: Deployment) async throws
    {
        let (_, record) = try await deployment.forward(call)
        #expect(record.verdict == "ok", "\(endpoint.route)")
        #expect(record.method == endpoint.method && record.target == endpoint.target, "\(endpoint.route)")
        #expect(record.body == Data(bytes), "\(endpoint.route)")
        #expect(record.headerValues("content-type") == ["application/json"])
        #expect(record.headerValues("content-length") == ["\(bytes.count)"])
    }
}
