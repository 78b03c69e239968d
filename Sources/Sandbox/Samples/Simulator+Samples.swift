// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Data to look at from the start. It goes through the same doors as that of clients, so it obeys the same rules.
extension Simulator {
    /// Gives the first two home users a home each, data-only users meters, and developers a portfolio.
    mutating func addSamples() {
        var homes = SampleHomes.all[...]
        do throws(APIFailure) {
            for name in world.usernames {
                switch world.accounts[name]?.kind {
                case .home:
                    if let home = homes.popFirst() { try add(home, for: name) }
                case .data: try addMeters(for: name)
                case .developer: portfolios[name] = try SamplePortfolio.make(owner: name, companies: world.companies)
                case nil: break
                }
            }
        } catch {
            preconditionFailure("a sample breaks the sandbox's own rules: \(error.message)")
        }
    }

    private mutating func add(_ home: SampleHomes, for name: String) throws(APIFailure) {
        _ = try world.createBuilding(RequestFields(home.building), for: name)
        for sample in home.meters {
            _ = try world.createMeter(RequestFields(sample.fields), for: name)
            let meter = world.accounts[name]?.meters.last
            for bill in SampleBills.year(of: sample.dataType, percent: sample.percent) {
                _ = try world.createRawDatum(bill, on: meter?.id, of: name)
            }
        }
    }

    private mutating func addMeters(for name: String) throws(APIFailure) {
        for sample in SampleHomes.dataMeters {
            let credentials = ["username": "\(name)@utility", "password": "sample"]
            let fields = RequestFields(sample.fields.merging(credentials) { own, _ in own })
            guard let id = try data.createMeter(fields, for: name).integer("id") else { continue }
            for bill in SampleBills.year(of: sample.dataType, percent: sample.percent) {
                _ = try data.createRawDatum(bill, on: id, of: name)
            }
        }
    }
}

extension JSONOutput {
    /// A whole number among the members of an object.
    fileprivate func integer(_ name: String) -> Int? {
        guard case .object(let members) = self,
            case .integer(let value) = members.first(where: { $0.name == name })?.value
        else { return nil }
        return value
    }
}
