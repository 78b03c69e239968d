// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A refusal by the simulated service. It leaves as `{"errors": "<one sentence>"}`, the service's only error form.
struct APIFailure: Error, Hashable {
    let status: Int
    let message: String

    static let buildingExists = APIFailure(status: 400, message: "Home users may only have one building")
    static let buildingNotFound = APIFailure(status: 404, message: "Building not found")
    static let rawDatumNotFound = APIFailure(status: 404, message: "Raw datum not found")

    static let utilityLoginNotFound = APIFailure(status: 404, message: "Utility login not found")
    static let dataAccountsOnly = APIFailure(status: 403, message: "Data accounts may only use wego_data")

    static func notFound(_ what: String) -> APIFailure { APIFailure(status: 404, message: "\(what) not found") }

    /// The service answers 400, not 404, when an unknown meter is to be deleted, and 400 is the only failure it
    /// documents for writing to one. Reading from an unknown meter is undocumented; 404 is the service's habit.
    static func meterNotFound(reading: Bool) -> APIFailure {
        APIFailure(status: reading ? 404 : 400, message: "Meter not found")
    }

    static let developersOnly = APIFailure(status: 403, message: "Only developers may create home users")
    static let notFound = APIFailure(status: 404, message: "Not found")

    static func notSimulated(_ route: String) -> APIFailure {
        APIFailure(status: 404, message: "The sandbox does not simulate \(route)")
    }

    static func invalid(_ message: String) -> APIFailure {
        APIFailure(status: 400, message: message)
    }

    static func full(_ limit: Int, _ what: String) -> APIFailure {
        APIFailure(status: 400, message: "The sandbox holds at most \(limit) \(what)")
    }
}
