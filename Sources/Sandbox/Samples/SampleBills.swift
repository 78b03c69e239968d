// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// A year of monthly bills: 2024, so that they are the same on every day.
enum SampleBills {
    private struct Tariff {
        /// Member that carries the usage.
        let member: String
        /// Usage of a typical home by month, in units of `scale`.
        let usage: [Int]
        let scale: Int
        /// Tenths of a cent for one unit.
        let price: Int
    }

    private static let tariffs = [
        "Electric": Tariff(
            member: "kwh", usage: [620, 560, 540, 480, 450, 510, 690, 720, 560, 470, 500, 600], scale: 1, price: 285),
        "Gas": Tariff(
            member: "btu", usage: [110, 98, 80, 52, 28, 15, 12, 12, 18, 44, 76, 102], scale: 100_000, price: 1_640),
        "Water": Tariff(
            member: "gallons", usage: [31, 30, 31, 32, 36, 41, 45, 44, 37, 33, 31, 32], scale: 100, price: 1_150),
    ]

    private static let lastDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    /// Bodies for raw data, oldest month first.
    /// - Parameter percent: of the usage of a typical home.
    static func year(of dataType: String, percent: Int) -> [RequestFields] {
        guard let tariff = tariffs[dataType] else { return [] }
        return tariff.usage.indices.map { month in
            let units = tariff.usage[month] * percent / 100
            let cents = units * tariff.price / 10
            let prefix = "2024-" + (month < 9 ? "0" : "") + String(month + 1)
            return RequestFields([
                "start_date": prefix + "-01", "end_date": prefix + "-" + String(lastDays[month]),
                tariff.member: String(units * tariff.scale),
                "total_charge": "\(cents / 100)." + (cents % 100 < 10 ? "0" : "") + String(cents % 100),
            ])
        }
    }
}

extension RequestFields {
    init(_ values: [String: String]) {
        self.init(form: values.map { Parameter($0.key, $0.value) })
    }
}
