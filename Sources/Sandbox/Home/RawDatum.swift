// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// One billing period of a meter.
struct RawDatum: Hashable {
    let id: Int
    let startDate: CalendarDate
    let endDate: CalendarDate
    /// Whole British thermal units: the one quantity that replies show as a number.
    let btu: Int?
    /// Everything else by member name.
    let amounts: [String: DecimalText]

    private static let amountNames = [
        "delivery_charge", "fuel_charge", "total_charge", "gallons", "kwh", "demand_charge", "demand_kw",
        "fixed_charge", "late_charge", "off_peak_charge", "off_peak_kwh", "peak_charge", "peak_kwh",
    ]

    /// Dates, and usage or the total cost, are what a period needs; the page's own message says so, against the
    /// stricter flags of its schemas. Amounts that belong to another kind of meter are kept as given.
    init(id: Int, fields: RequestFields) throws(APIFailure) {
        var reader = FieldReader(fields)
        let start = reader.date("start_date")
        let end = reader.date("end_date")
        btu = reader.integer("btu")
        var amounts: [String: DecimalText] = [:]
        for name in Self.amountNames { amounts[name] = reader.decimal(name) }
        self.amounts = amounts
        self.id = id
        if ["kwh", "gallons", "total_charge"].allSatisfy({ fields[$0].isAbsent }), fields["btu"].isAbsent {
            reader.complain("Must specify usage or total cost")
        }
        if let start, let end, end < start { reader.complain("end_date", "must not be before the start date") }
        try reader.finish()
        guard let start, let end else { throw .invalid("Start date is invalid") }
        (startDate, endDate) = (start, end)
    }

    var json: JSONOutput {
        .object([
            ("id", .integer(id)),
            ("delivery_charge", amount("delivery_charge")),
            ("end_date", .string(endDate.text)),
            ("fuel_charge", amount("fuel_charge")),
            ("total_charge", amount("total_charge")),
            ("start_date", .string(startDate.text)),
            ("gallons", amount("gallons")),
            ("kwh", kilowattHours),
            ("btu", .optional(btu)),
            ("demand_charge", amount("demand_charge")),
            ("demand_kw", amount("demand_kw")),
            ("fixed_charge", amount("fixed_charge")),
            ("late_charge", amount("late_charge")),
            ("off_peak_charge", amount("off_peak_charge")),
            ("off_peak_kwh", amount("off_peak_kwh")),
            ("peak_charge", amount("peak_charge")),
            ("peak_kwh", amount("peak_kwh")),
        ])
    }

    private func amount(_ name: String) -> JSONOutput { .optional(amounts[name]?.text) }

    private var kilowattHours: JSONOutput {
        if let given = amounts["kwh"] { return .string(given.text) }
        return .optional(btu.map(Self.kilowattHours))
    }

    /// 3413 Btu to the kilowatt-hour, printed with 15 significant digits as the service does.
    static func kilowattHours(btu: Int) -> String {
        let text = String(format: "%.15g", Double(btu) / 3413)
        return text.contains(".") || text.contains("e") ? text : text + ".0"
    }

    /// Newest period first; of two readings of one period the later one first.
    static func newestFirst(_ left: RawDatum, _ right: RawDatum) -> Bool {
        (right.startDate, right.endDate, right.id) < (left.startDate, left.endDate, left.id)
    }
}
