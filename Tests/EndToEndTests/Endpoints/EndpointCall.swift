// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A good call of one catalogued endpoint, and how the sandbox answers it.
struct EndpointCall: Sendable {
    /// The catalogue's identifier.
    let route: String
    let user: String
    let method: String
    /// Path and query.
    let target: String
    let body: String?
    let status: Int
    /// What the answer must hold, as it stands there.
    let shows: String

    init(
        _ route: String, _ user: String, _ method: String, _ target: String, _ body: String? = nil, _ status: Int = 200,
        shows: String = ""
    ) {
        self.route = route
        self.user = user
        self.method = method
        self.target = target
        self.body = body
        self.status = status
        self.shows = shows
    }

    /// The same call under another path.
    func moved(to target: String, user: String? = nil, body: String? = nil) -> EndpointCall {
        EndpointCall(route, user ?? self.user, method, target, body ?? self.body, status, shows: shows)
    }
}

// MARK: - Bodies as the reference shows them

extension EndpointCall {
    static func newUser(_ name: String) -> String {
        #"{"email":"\#(name)@example.com","first_name":"A","last_name":"B","username":"\#(name)","password":"s3cret"}"#
    }

    static let building = """
        {"address":"123 Main St, Boston, MA 02118","nickname":"Main Street Apartments","building_type":"sf_detached",\
        "year_built":"2000","construction":"wood_steel","sqft":"1000","has_basement":true,"basement_sqft":"200",\
        "basement_conditioned":false,"n_stories":2,"n_bedrooms":12,"green_certified":false,"n_water_general_meters":1,\
        "n_electric_general_meters":1,"n_gas_general_meters":1,"n_oil_general_meters":0,"heating_system":"furnace",\
        "heating_fuel":"Gas","cooling_system":"window_ac","hot_water_fuel":"Solar","hot_water_system":"other",\
        "has_laundry":false,"has_pool":false,"notes":"notes","draft":false}
        """

    static let meter = """
        {"account_number":"ABCD123","data_type":"electric","username":"foo","password":"bar","utility_company_id":42}
        """
    static let dataMeter = """
        {"account_number":"D-1","data_type":"Gas","username":"foo","password":"bar","utility_company_id":231}
        """
    static let login = #"{"username":"u","password":"p","utility_company_id":231}"#
    static let datum = #"{"start_date":"2013-01-01","end_date":"2013-02-01","total_charge":300.0,"btu":"100000"}"#
}

// MARK: - Every endpoint once

extension EndpointCall {
    private static let v1 = "/api/v1"

    /// The order matters: what is deleted was read before. `carol` begins with nothing, `alice` and `bob` with a home.
    static let all = home + data + proReads + proWrites + others

    private static let home = [
        EndpointCall(
            "wego_home.users.create", "developer", "POST", "\(v1)/wego_home/users", newUser("nina"), shows: "\"id\":"),
        EndpointCall(
            "wego_home.building.create", "carol", "POST", "\(v1)/wego_home/building", building,
            shows: "\"conditioned_sqft\":800"),
        EndpointCall("wego_home.building.show", "carol", "GET", "\(v1)/wego_home/building", shows: "Main Street"),
        EndpointCall("wego_home.meters.create", "carol", "POST", "\(v1)/wego_home/meters", meter, shows: "\"id\":5"),
        EndpointCall("wego_home.meters.list", "carol", "GET", "\(v1)/wego_home/meters", shows: "\"HomeMeter\""),
        EndpointCall(
            "wego_home.raw_data.create", "carol", "POST", "\(v1)/wego_home/meters/5/raw_data", datum,
            shows: "29.2997363023733"),
        EndpointCall(
            "wego_home.raw_data.list", "alice", "GET", "\(v1)/wego_home/meters/1/raw_data", shows: "2024-12-31"),
        EndpointCall("wego_home.raw_data.delete", "alice", "DELETE", "\(v1)/wego_home/meters/1/raw_data/3", nil, 204),
        EndpointCall("wego_home.meters.delete", "carol", "DELETE", "\(v1)/wego_home/meters/5", nil, 204),
        EndpointCall("wego_home.building.delete", "carol", "DELETE", "\(v1)/wego_home/building", nil, 204),
        EndpointCall("wego_home.users.destroy", "carol", "DELETE", "\(v1)/wego_home/user", nil, 204),
    ]

    private static let data = [
        EndpointCall("wego_data.meters.list", "meters", "GET", "\(v1)/wego_data/meters", shows: "DATA-E-1"),
        EndpointCall("wego_data.meters.show", "meters", "GET", "\(v1)/wego_data/meters/5001", shows: "\"nickname\""),
        EndpointCall(
            "wego_data.meters.create", "meters", "POST", "\(v1)/wego_data/meters", dataMeter, shows: "\"id\":5003"),
        EndpointCall(
            "wego_data.meters.update", "meters", "PUT", "\(v1)/wego_data/meters/5003", #"{"notes":"attic"}"#,
            shows: "attic"),
        EndpointCall("wego_data.meters.delete", "meters", "DELETE", "\(v1)/wego_data/meters/5003", nil, 204),
        EndpointCall(
            "wego_data.utility_logins.create", "meters", "POST", "\(v1)/wego_data/utility_logins", login,
            shows: "success"),
        EndpointCall(
            "wego_data.utility_logins.show", "meters", "GET", "\(v1)/wego_data/utility_logins/1", shows: "DATA-E-1"),
        EndpointCall(
            "wego_data.utility_logins.update", "meters", "PATCH", "\(v1)/wego_data/utility_logins/1",
            #"{"password":"wrong"}"#, shows: "bad_login"),
        EndpointCall(
            "wego_data.raw_data.list", "meters", "GET",
            "\(v1)/wego_data/meters/5001/raw_data?start_date=2024-03-01&end_date=2024-04-30", shows: "2024-04-30"),
        EndpointCall(
            "wego_data.raw_data.show", "meters", "GET", "\(v1)/wego_data/meters/5001/raw_data/500001",
            shows: "2024-01-31"),
        EndpointCall(
            "wego_data.raw_data.create", "meters", "POST", "\(v1)/wego_data/meters/5002/raw_data", datum,
            shows: "\"btu\":100000"),
        EndpointCall(
            "wego_data.raw_data.latest", "meters", "GET", "\(v1)/wego_data/meters/5001/latest_datum",
            shows: "2024-12-31"),
    ]

    private static func pro(_ route: String, _ path: String, shows: String) -> EndpointCall {
        EndpointCall("wego_pro.\(route)", "developer", "GET", "\(v1)/wego_pro/\(path)", shows: shows)
    }

    private static let proReads = [
        pro("user.show", "user", shows: "Dana"),
        pro("organizations.list", "organizations", shows: "Sandbox Housing"),
        pro("organizations.show", "organization/701", shows: "Sandbox Housing"),
        pro("members.list", "organizations/701/members", shows: "\"role\":\"owner\""),
        pro("buildings.list", "buildings", shows: "Oak Hall"),
        pro("buildings.show", "buildings/1001", shows: "Elm Street House"),
        pro("buildings.data", "buildings/1001/data?data_type=electric&unit=kwh", shows: "2024-01-01"),
        pro("development_buildings.list", "developments/801/buildings", shows: "Elm Street House"),
        pro("apartments.list", "buildings/1001/apartments", shows: "1B"),
        pro("apartments.show", "apartments/2001", shows: "1A"),
        pro("apartments.data", "apartments/2001/data?data_type=electric&unit=kwh", shows: "2024-01-01"),
        pro("areas.list", "buildings/1002/areas", shows: "Lobby"),
        pro("areas.show", "areas/3001", shows: "Lobby"),
        pro("building_meters.list", "buildings/1001/meters", shows: "9001"),
        pro("apartment_meters.list", "apartments/2001/meters", shows: "9003"),
        pro("user_meters.list", "users/developer/meters", shows: "9004"),
        pro("structures.list", "meters/9001/structures", shows: "1001"),
        pro("meters.data", "meters/9001/data?data_type=electric&unit=kwh&end_date=2024-02-01", shows: "2024-02-01"),
        pro("raw_data.list", "meters/9001/raw_data", shows: "2024-12-31"),
    ]

    /// The sandbox keeps portfolios for reading: these arrive, and it says so.
    private static func refused(
        _ route: String, _ method: String, _ path: String, _ body: String? = "{}"
    ) -> EndpointCall {
        EndpointCall(
            "wego_pro.\(route)", "developer", method, "\(v1)/wego_pro/\(path)", body, 404,
            shows: "The sandbox does not simulate wego_pro.\(route)")
    }

    private static let proWrites = [
        refused("buildings.update", "PUT", "buildings/1001", #"{"sqft":"1000"}"#),
        refused("buildings.delete", "DELETE", "buildings/1001", nil),
        refused("development_buildings.create", "POST", "developments/801/buildings"),
        refused("developments.create", "POST", "developments"),
        refused("apartments.create", "POST", "buildings/1001/apartments", #"{"n_bedrooms":2}"#),
        refused("apartments.update", "PUT", "apartments/2001"),
        refused("apartments.delete", "DELETE", "apartments/2001", nil),
        refused("areas.create", "POST", "buildings/1002/areas"),
        refused("areas.update", "PUT", "areas/3001"),
        refused("areas.delete", "DELETE", "areas/3001", nil),
        refused("raw_data.create", "POST", "meters/9001/raw_data", datum),
    ]

    private static let others = [
        EndpointCall("oauth.user.show", "alice", "GET", "/oauth/user", shows: "\"username\":\"alice\""),
        EndpointCall(
            "legacy.buildings.update", "developer", "PUT",
            "\(v1)/users/developer/buildings/1002?sqft=42001&has_elevator=true", shows: "\"sqft\":42001"),
        EndpointCall(
            "public.utility_companies.list", "", "GET", "\(v1)/utility_companies?state=MA&data_type=Gas",
            shows: "Harbor Gas"),
    ]

    /// As a client of the gateway writes it.
    var gatewayTarget: String { user.isEmpty ? "/public\(target)" : "/users/\(user)\(target)" }
}
