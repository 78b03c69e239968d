// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// `GET /openapi.json` of the built command.
struct ServedDocumentTests {
    @Test(arguments: ["lenient", "strict", "off"])
    func aPublicValidatorAcceptsWhatIsServed(validation: String) async throws {
        let deployment = try await Deployment(settings: [
            "VALIDATION": validation,
            "UPSTREAM_ROUTES": #"{"wego_home.building.show": ["/api/v1/wego_home/house", "/api/v1/wego_home/home"]}"#,
        ])
        let answer = try await deployment.send(.get("/openapi.json", as: nil))
        #expect(answer.status == 200 && answer.header("content-type") == "application/json")
        #expect(answer.header("wego-gateway-request-id") != nil)
        let file = try deployment.directory.write(answer.bodyText, to: "openapi.json")
        #expect(try await PythonCheck.validateOpenAPI(file))
        // The paths of the configuration, the old ones beside them.
        #expect(answer.bodyText.contains("\"/users/{user}/api/v1/wego_home/house\""))
        #expect(answer.bodyText.contains(#""x-aliases":["/api/v1/wego_home/home","/api/v1/wego_home/building""#))
        let again = try await deployment.send(.get("/openapi.json"))
        #expect(again.status == 200 && again.body == answer.body)
        for secret in deployment.credentials.secrets + ["acme", "alice"] { #expect(!answer.bodyText.contains(secret)) }
    }

    @Test func theRulesAgainstWebPagesHold() async throws {
        let deployment = try await Deployment.shared()
        var foreign = Call.get("/openapi.json", as: nil)
        foreign.host = "evil.example"
        try expectProblem(await deployment.send(foreign), .hostNotAllowed)
        try expectProblem(
            await deployment.send(.get("/openapi.json", as: nil, [("Origin", "https://evil.example")])),
            .originForbidden)
        try expectProblem(
            await deployment.send(.get("/openapi.json", as: nil, [("Sec-Fetch-Site", "cross-site")])), .originForbidden)
    }

    @Test func onlyReadingIsAllowed() async throws {
        let deployment = try await Deployment.shared()
        let refused = try await deployment.send(.json("POST", "/openapi.json", "{}", as: nil))
        try expectProblem(refused, .methodNotAllowed)
        #expect(refused.header("allow") == "GET, HEAD")
        let head = try await deployment.send(Call(method: "HEAD", target: "/openapi.json", caller: nil))
        let length = try await deployment.send(.get("/openapi.json", as: nil)).body.count
        #expect(head.status == 200 && head.header("content-length") == "\(length)")
        try expectProblem(await deployment.send(.get("/openapi.json/x")), .pathNotForwarded)
    }
}
