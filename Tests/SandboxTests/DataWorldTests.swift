// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Sandbox

/// wego_data through signature and catalogue.
struct DataWorldTests {
    private let session = Session {
        $0.tokens.append(
            .init(pair: Self.dora.pair, consumerKey: Self.dora.consumerKey, username: "dora", kind: .data))
    }

    private static let dora = SignedClient(
        token: "dora's token", tokenSecret: "dora's secret", username: "dora", kind: .data)
    private static let meter =
        #"{"account_number": "A", "data_type": "Gas", "utility_company_id": 231, "username": "u", "password": "p", "notes": "n"}"#

    private func call(_ method: String, _ path: String, _ json: String? = nil) -> (status: Int, body: String) {
        session.call(method, "/api/v1/wego_data/" + path, json, as: Self.dora)
    }

    @Test func metersAreCreatedShownChangedAndDeleted() {
        #expect(call("POST", "meters", Self.meter) == (200, #"{"id":5001}"#))
        let listed =
            #"{"account_number":"A","coverage":"none","data_type":"Gas","id":5001,"notes":"n","#
            + #""utility_company":{"id":231,"name":"Northern Pipe Gas"}"#
        #expect(call("GET", "meters") == (200, "[\(listed)}]"))
        #expect(call("GET", "meters/5001") == (200, listed + #","nickname":null}"#))
        #expect(
            call("PUT", "meters/5001", #"{"nickname": "m", "for_heating": true}"#) == (
                200, listed + #","nickname":"m"}"#
            ))
        #expect(call("PUT", "meters/5001", #"{"notes": null}"#).body.contains(#""notes":null"#))
        #expect(call("DELETE", "meters/5001") == (204, ""))
        #expect(call("GET", "meters") == (200, "[]"))
    }

    @Test(arguments: [
        ("GET", "meters/1"), ("PUT", "meters/1"), ("DELETE", "meters/x"), ("GET", "meters/1/raw_data"),
        ("GET", "meters/1/raw_data/1"), ("GET", "meters/1/latest_datum"), ("POST", "meters/1/raw_data"),
    ])
    func unknownMetersAreNotFound(method: String, path: String) {
        #expect(call(method, path, method == "GET" ? nil : "{}") == (404, #"{"errors":"Meter not found"}"#))
    }

    @Test func credentialsMakeAUtilityLogin() {
        _ = call("POST", "meters", Self.meter)
        #expect(
            call("GET", "utility_logins/1")
                == (
                    200,
                    #"{"id":1,"status":"success","username":"u","utility_company":{"name":"Northern Pipe Gas"},"#
                        + #""account_numbers":["A"]}"#
                ))
        let second = #"{"account_number": "B", "data_type": "gas", "utility_login_id": 1, "username": "ignored"}"#
        #expect(call("POST", "meters", second) == (200, #"{"id":5002}"#))
        #expect(call("GET", "utility_logins/1").body.hasSuffix(#""account_numbers":["A","B"]}"#))
        #expect(call("GET", "utility_logins/2") == (404, #"{"errors":"Utility login not found"}"#))
        #expect(
            call("POST", "meters", #"{"account_number": "C", "utility_login_id": 9}"#)
                == (400, #"{"errors":"Utility login id is invalid"}"#))
    }

    @Test func utilityLoginsAreCreatedAndChanged() {
        let login = #"{"username": "u", "password": "wrong", "utility_company_id": "42"}"#
        #expect(
            call("POST", "utility_logins", login)
                == (
                    200,
                    #"{"id":1,"status":"bad_login","username":"u","utility_company":{"name":"Commonwealth Edge"},"#
                        + #""account_numbers":[]}"#
                ))
        let changed = call("PATCH", "utility_logins/1", #"{"password": "right", "username": "v"}"#)
        #expect(changed.status == 200)
        #expect(changed.body.contains(#""status":"success","username":"v""#))
        #expect(
            call("PATCH", "utility_logins/1", #"{"username": ""}"#) == (400, #"{"errors":"Username can't be blank"}"#))
        #expect(call("PATCH", "utility_logins/2", "{}").status == 404)
    }

    @Test(arguments: [
        ("{}", "Username can't be blank, Password can't be blank, Utility company id can't be blank"),
        (#"{"username": "u", "password": "p", "utility_company_id": 999}"#, "Utility company id is invalid"),
    ])
    func badUtilityLoginsAreRefused(json: String, message: String) {
        #expect(call("POST", "utility_logins", json) == (400, #"{"errors":"\#(message)"}"#))
    }

    @Test func rawDataComeNewestFirstAndByPeriod() {
        _ = call("POST", "meters", Self.meter)
        #expect(call("GET", "meters/5001/latest_datum") == (404, #"{"errors":"Raw datum not found"}"#))
        for month in ["02", "03", "01"] {
            let datum = #"{"start_date": "2024-\#(month)-01", "end_date": "2024-\#(month)-28", "btu": 1000}"#
            #expect(call("POST", "meters/5001/raw_data", datum).status == 200)
        }
        func ids(_ path: String) -> [Substring] { call("GET", path).body.matches(of: /"id":(\d+)/).map { $0.1 } }
        #expect(ids("meters/5001/raw_data") == ["500002", "500001", "500003"])
        #expect(ids("meters/5001/latest_datum") == ["500002"])
        #expect(ids("meters/5001/raw_data/500003") == ["500003"])
        #expect(ids("meters/5001/raw_data?start_date=2024-02-01") == ["500002", "500001"])
        #expect(ids("meters/5001/raw_data?start_date=2024-02-01&end_date=2024-02-28") == ["500001"])
        #expect(call("GET", "meters/5001/raw_data?start_date=soon") == (400, #"{"errors":"Start date is invalid"}"#))
        #expect(call("GET", "meters/5001/raw_data/7") == (404, #"{"errors":"Raw datum not found"}"#))
        let poor = #"{"start_date": "2024-01-01", "end_date": "2024-01-31"}"#
        #expect(call("POST", "meters/5001/raw_data", poor) == (400, #"{"errors":"Must specify usage or total cost"}"#))
    }

    @Test(arguments: ["/api/v1/wego_home/meters", "/api/v1/wego_pro/buildings", "/api/v1/wego_home/building"])
    func dataAccountsMayUseNothingElse(path: String) {
        #expect(
            session.call("GET", path, as: Self.dora)
                == (403, #"{"errors":"Data accounts may only use wego_data"}"#))
        #expect(session.call("GET", "/oauth/user", as: Self.dora).status == 200)
    }

    @Test func usersSeeOnlyTheirOwn() {
        _ = call("POST", "meters", Self.meter)
        #expect(session.call("GET", "/api/v1/wego_data/meters", as: .alice) == (200, "[]"))
        #expect(session.call("GET", "/api/v1/wego_data/utility_logins/1", as: .alice).status == 404)
    }

    @Test(arguments: [
        ("", 9), ("?state=MA", 4), ("?state=ma&data_type=gas", 1), ("?data_type=Solar", 1), ("?state=ZZ", 0),
        ("?x=1", 9),
    ])
    func utilityCompaniesAreFiltered(query: String, count: Int) {
        let answer = session.send(
            SandboxRequest(
                method: "GET", scheme: "http", authority: "a", target: "/api/v1/utility_companies" + query))
        #expect(answer.text.matches(of: /"id"/).count == count)
    }
}
