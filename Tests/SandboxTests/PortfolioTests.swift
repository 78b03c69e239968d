// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Sandbox

/// wego_pro and the samples, through signature and catalogue.
struct PortfolioTests {
    private let session = Session(samples: true)

    private func get(_ path: String, as client: SignedClient = .developer) -> (status: Int, body: String) {
        session.call("GET", "/api/v1/" + path, as: client)
    }

    private func ids(_ path: String) -> [Substring] {
        get("wego_pro/" + path).body.matches(of: /"id":(\d+)/).map { $0.1 }
    }

    @Test func homesHaveAYearOfBills() {
        for (client, meters) in [(SignedClient.alice, [1, 2]), (.bob, [3, 4])] {
            #expect(get("wego_home/building", as: client).status == 200)
            for meter in meters {
                let bills = get("wego_home/meters/\(meter)/raw_data", as: client).body
                let starts = bills.matches(of: /"start_date":"([^"]+)"/).map { String($0.1) }
                #expect(starts.count == 12)
                #expect(starts.first == "2024-12-01" && starts.last == "2024-01-01")
            }
        }
        #expect(
            get("wego_home/meters/1/raw_data", as: .alice).body.contains(
                #""total_charge":"171.0","start_date":"2024-12-01""#))
    }

    @Test(arguments: [
        (
            "user",
            #"{"id":1,"username":"developer","phone":null,"person_id":601,"first_name":"Dana","last_name":"Developer","organization":{"id":701,"name":"Sandbox Housing"}}"#
        ),
        ("organizations", #"[{"id":701,"name":"Sandbox Housing","owner":{"id":1,"username":"developer","#),
        ("organization/701", #"{"id":701,"name":"Sandbox Housing","#),
        ("organizations/701/members", #"[{"id":711,"role":"owner","access":"own","organization_id":701,"user":{"#),
        ("buildings", #"[{"conditioned_sqft":12000,"id":1001,"nickname":"Elm Street House","n_stories":3,"#),
        ("buildings/1002", #"{"conditioned_sqft":42000,"id":1002,"#),
        ("developments/801/buildings", #"[{"conditioned_sqft":12000,"id":1001,"#),
        (
            "buildings/1001/apartments",
            #"[{"id":2001,"n_bedrooms":2,"quarantine":false,"building_id":1001,"unit_number":"1A","sqft":850},"#
        ),
        ("apartments/2002", #"{"id":2002,"#), ("buildings/1002/areas", #"[{"id":3001,"building_id":1002,"#),
        ("areas/3001", #"{"id":3001,"#),
        ("meters/9001/structures", #"[{"name":"Elm Street House","id":1001,"sqft":13000,"type":"Building"}]"#),
        ("meters/9003/structures", #"[{"name":"Apartment 1A","id":2001,"sqft":850,"type":"Apartment"}]"#),
        (
            "apartments/2001/meters",
            #"[{"buildings_count":1,"coverage":"apartment","data_type":"Electric","for_heating":false,"id":9003,"notes":null,"scope":"ApartmentMeter","#
        ),
        ("meters/9001/raw_data", #"[{"id":900112,"#),
    ])
    func readsAnswer(path: String, beginning: String) {
        let answer = get("wego_pro/" + path)
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix(beginning), "\(answer.body)")
    }

    @Test func metersAreListedByPlace() {
        #expect(ids("buildings/1001/meters").filter { $0.hasPrefix("9") } == ["9001", "9002", "9003"])
        #expect(ids("users/developer/meters").filter { $0.hasPrefix("9") } == ["9001", "9002", "9003", "9004"])
    }

    @Test(arguments: [
        ("buildings/1", "Building"), ("buildings/x/meters", "Building"), ("apartments/1", "Apartment"),
        ("areas/1", "Area"), ("organization/1", "Organization"), ("meters/1/structures", "Meter"),
        ("users/alice/meters", "User"), ("developments/1/buildings", "Development"),
        ("buildings/1/data?data_type=gas&unit=btu", "Building"),
    ])
    func unknownThingsAreNotFound(path: String, what: String) {
        #expect(get("wego_pro/" + path) == (404, #"{"errors":"\#(what) not found"}"#))
    }

    @Test(arguments: [
        (
            "meters/9003/data?data_type=electric&unit=kwh&start_date=2024-11-01",
            #"[{"date":"2024-11-01","value":300},{"date":"2024-12-01","value":360}]"#
        ),
        ("meters/9002/data?data_type=gas&unit=therms&end_date=2024-01-31", #"[{"date":"2024-01-01","value":880}]"#),
        (
            "buildings/1001/data?data_type=heating&unit=btu&end_date=2024-01-31",
            #"[{"date":"2024-01-01","value":88000000}]"#
        ),
        (
            "buildings/1001/data?data_type=electric&unit=kwh&end_date=2024-01-31",
            #"[{"date":"2024-01-01","value":2232}]"#
        ),
        (
            "buildings/1002/data?data_type=water&unit=gallons&end_date=2024-01-31",
            #"[{"date":"2024-01-01","value":62000}]"#
        ),
        (
            "apartments/2001/data?data_type=electric&unit=total_charge&end_date=2024-01-31",
            #"[{"date":"2024-01-01","value":106.02}]"#
        ),
        ("apartments/2001/data?data_type=water&unit=gallons", "[]"),
        ("buildings/1001/data?data_type=electric&unit=gallons", "[]"),
    ])
    func monthlyDataAreSums(path: String, expected: String) {
        #expect(get("wego_pro/" + path) == (200, expected))
    }

    @Test(arguments: [
        ("", "Data type can't be blank, Unit can't be blank"),
        ("?data_type=Electric&unit=kwh", "Data type is not included in the list"),
        ("?data_type=gas&unit=joule", "Unit is not included in the list"),
        ("?data_type=gas&unit=btu&end_date=2024-02-30", "End date is invalid"),
    ])
    func monthlyDataAskForTypeAndUnit(query: String, message: String) {
        #expect(get("wego_pro/buildings/1001/data" + query) == (400, #"{"errors":"\#(message)"}"#))
    }

    @Test func theDocumentedChangeOfABuildingWorks() {
        let path = "/api/v1/users/developer/buildings/1001?sqft=14000&has_elevator=true"
        let changed = session.call("PUT", path, as: .developer)
        #expect(changed.status == 200)
        #expect(changed.body.hasPrefix(#"{"conditioned_sqft":13000,"id":1001,"#))
        #expect(get("wego_pro/buildings/1001").body == changed.body)
        #expect(session.call("PUT", path, as: .alice).status == 404)
        #expect(session.call("PUT", "/api/v1/users/developer/buildings/1001?sqft=big", as: .developer).status == 400)
    }

    @Test func homeUsersHaveNoPortfolio() {
        #expect(get("wego_pro/buildings", as: .alice) == (200, "[]"))
        #expect(get("wego_pro/user", as: .alice).body.hasPrefix(#"{"id":2,"username":"alice","#))
        #expect(get("wego_pro/buildings/1001", as: .alice).status == 404)
    }

    @Test func dataUsersHaveMetersFromTheStart() {
        let dora = SignedClient(token: "d", tokenSecret: "e", username: "dora", kind: .data)
        let session = Session(samples: true) {
            $0.tokens.append(.init(pair: dora.pair, consumerKey: dora.consumerKey, username: "dora", kind: .data))
        }
        let list = session.call("GET", "/api/v1/wego_data/meters", as: dora).body
        #expect(list.matches(of: /"account_number"/).count == 2)
        #expect(session.call("GET", "/api/v1/wego_data/meters/5001/latest_datum", as: dora).body.contains("2024-12-31"))
        #expect(session.call("GET", "/api/v1/wego_data/utility_logins/2", as: dora).status == 200)
    }

    @Test func samplesAreLeftOutUnlessAskedFor() {
        let empty = Session()
        #expect(empty.call("GET", "/api/v1/wego_home/building").status == 404)
        #expect(empty.call("GET", "/api/v1/wego_pro/buildings", as: .developer) == (200, "[]"))
    }
}
