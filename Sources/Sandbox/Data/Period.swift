// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The `start_date` and `end_date` of a query; what is not given is not a bound.
struct Period {
    let start: CalendarDate?
    let end: CalendarDate?

    init(_ query: RequestFields) throws(APIFailure) {
        var reader = FieldReader(query)
        start = query["start_date"].isAbsent ? nil : reader.date("start_date")
        end = query["end_date"].isAbsent ? nil : reader.date("end_date")
        try reader.finish()
    }

    /// Periods that lie inside as a whole.
    func only(_ rawData: [RawDatum]) -> [RawDatum] {
        rawData.filter { datum in
            (start.map { $0 <= datum.startDate } ?? true) && (end.map { datum.endDate <= $0 } ?? true)
        }
    }

    func contains(_ date: CalendarDate) -> Bool {
        (start.map { $0 <= date } ?? true) && (end.map { date <= $0 } ?? true)
    }
}
