// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// The question behind `.../data?data_type=&unit=`, and the sums that answer it.
struct MonthlyData {
    static let dataTypes = ["water", "electric", "gas", "oil", "heating", "cooling", "steam", "propane"]

    enum Unit: String, CaseIterable {
        case gallons, kwh, therms, btu
        case totalCharge = "total_charge"
    }

    let dataType: String
    let unit: Unit
    let period: Period

    init(_ query: RequestFields) throws(APIFailure) {
        var reader = FieldReader(query)
        let dataType = reader.choice("data_type", of: Self.dataTypes, required: true)
        let unit = reader.choice("unit", of: Unit.allCases.map(\.rawValue), required: true)
        try reader.finish()
        guard let dataType, let unit = unit.flatMap(Unit.init) else { throw .invalid("Unit is invalid") }
        (self.dataType, self.unit) = (dataType, unit)
        period = try Period(query)
    }

    /// Oldest month first; months without data are left out.
    func json(_ supplies: [Portfolio.Supply]) -> JSONOutput {
        var sums: [String: Double] = [:]
        for datum in supplies.filter(counts).flatMap(\.meter.rawData) {
            let month = String(datum.startDate.text.prefix(7)) + "-01"
            guard let date = CalendarDate(month), period.contains(date), let value = datum.value(in: unit) else {
                continue
            }
            sums[month, default: 0] += value
        }
        return .array(
            sums.sorted { $0.key < $1.key }.map { month, value in
                .object([("date", .string(month)), ("value", .raw(String(format: "%.15g", value)))])
            })
    }

    /// "heating" is what heats, whatever it burns. Nothing here is marked as cooling.
    private func counts(_ supply: Portfolio.Supply) -> Bool {
        dataType == "heating" ? supply.isForHeating : supply.meter.dataType?.lowercased() == dataType
    }
}

extension RawDatum {
    /// Nil where the unit says nothing about what was measured.
    func value(in unit: MonthlyData.Unit) -> Double? {
        let kwh = amounts["kwh"].flatMap { Double($0.text) }
        let btu = btu.map(Double.init) ?? kwh.map { $0 * 3413 }
        return switch unit {
        case .gallons: amounts["gallons"].flatMap { Double($0.text) }
        case .kwh: kwh ?? btu.map { $0 / 3413 }
        case .therms: btu.map { $0 / 100_000 }
        case .btu: btu
        case .totalCharge: amounts["total_charge"].flatMap { Double($0.text) }
        }
    }
}
