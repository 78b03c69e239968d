// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Bodies that record one billing period of a meter.
enum RawDatumSchemas {
    /// One schema for all meters: the body does not say what its meter measures. The page's schemas require usage and
    /// cost, its error message asks for one of them, and for water nothing but the cost is required.
    static let create = RequestSchema(
        "RawDatum",
        [
            SchemaMember("start_date", .date, .always),
            SchemaMember("end_date", .date, .always),
            SchemaMember("total_charge", .decimal, .optional),
            SchemaMember("kwh", .decimal, .optional, meterTypes: [.electric]),
            SchemaMember("btu", .decimal, .optional, meterTypes: [.gas, .oil, .steam, .propane]),
            SchemaMember("gallons", .decimal, .optional, meterTypes: [.oil, .steam, .water, .propane]),
        ] + charges + electricity,
        rules: [
            .order(first: "start_date", last: "end_date"),
            .usageOrCost(usage: ["kwh", "btu", "gallons"], cost: "total_charge"),
        ])

    private static let charges = ["delivery_charge", "fixed_charge", "fuel_charge"].map {
        SchemaMember($0, .decimal, .optional)
    }

    private static let electricity = [
        "demand_charge", "peak_charge", "late_charge", "off_peak_charge", "peak_kwh", "off_peak_kwh", "demand_kw",
    ].map { SchemaMember($0, .decimal, .optional, meterTypes: [.electric]) }
}
