// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// One body against one schema.
struct BodyCheck {
    let schema: RequestSchema
    let isStrict: Bool
    let meterType: MeterType?
    /// The known members by their position in the schema; null counts as absent.
    private var values: [JSONValue?]
    /// Whether a member is there with a value of its type.
    private var isSound: [Bool]
    private var report = ValidationReport()

    init(
        schema: RequestSchema, isStrict: Bool, meterType: MeterType?, members: [(key: String, value: JSONValue)]
    ) {
        self.schema = schema
        self.isStrict = isStrict
        self.meterType = meterType
        values = Array(repeating: nil, count: schema.members.count)
        isSound = Array(repeating: false, count: schema.members.count)
        for (name, value) in members {
            if let position = schema.position(of: name) { values[position] = value }
        }
    }

    mutating func run() -> ValidationReport {
        for (position, member) in schema.members.enumerated() { check(member, at: position) }
        for rule in schema.rules { check(rule) }
        return report
    }

    // MARK: One member

    /// Sentences are put together for faults only: most members of most bodies are in order.
    private mutating func check(_ member: SchemaMember, at position: Int) {
        guard let value = values[position], !value.isNull else {
            switch member.requirement {
            case .always: report.refuse(missing(member, isNull: values[position] != nil))
            case .strict: doubt(missing(member, isNull: values[position] != nil))
            case .optional: break
            }
            return
        }
        guard member.type.accepts(value, isStrict: isStrict) else {
            let allowed = member.type.allowed(isStrict: isStrict)
            return report.refuse(Fault(member, found: value.found(isSecret: member.isSecret), allowed: allowed))
        }
        isSound[position] = true
        if let meterType, meterType != .solar, let types = member.meterTypes, !types.contains(meterType) {
            let allowed = "no such member for a \(meterType.rawValue) meter"
            doubt(Fault(member, found: value.found(isSecret: member.isSecret), allowed: allowed))
        }
    }

    private func missing(_ member: SchemaMember, isNull: Bool) -> Fault {
        Fault(member, found: isNull ? "null" : "nothing", allowed: member.type.allowed(isStrict: isStrict))
    }

    /// A fault for the strict, a warning for the lenient.
    private mutating func doubt(_ fault: Fault) {
        if isStrict { report.refuse(fault) } else { report.warn(fault) }
    }

    // MARK: Between members

    private mutating func check(_ rule: SchemaRule) {
        switch rule {
        case .either(let first, let second):
            guard isGiven(first) == isGiven(second) else { return }
            let found = isGiven(first) ? "both" : "neither"
            doubt(Fault(pointer: "", found: found, allowed: "either \(first) or \(second)"))
        case .together(let first, let second):
            guard isGiven(first) != isGiven(second) else { return }
            let given = isGiven(first) ? first : second
            doubt(Fault(pointer: "", found: "only \(given)", allowed: "both or neither of \(first) and \(second)"))
        case .order(let first, let last):
            checkOrder(first, last)
        case .usageOrCost(let usage, let cost):
            checkUsage(usage, cost)
        case .advised(let names, let flag):
            guard flag.map(isTrue) ?? true, !names.contains(where: isGiven) else { return }
            let condition = flag.map { " when \($0) is true" } ?? ""
            let allowed = names.count == 1 ? names[0] : "some of \(names.joined(separator: ", "))"
            report.warn(Fault(pointer: "", found: "nothing", allowed: allowed + condition))
        }
    }

    /// Dates of fixed width: the order of the bytes is the order of the days.
    private mutating func checkOrder(_ first: String, _ last: String) {
        guard let start = soundText(first), let end = soundText(last),
            end.utf8.lexicographicallyPrecedes(start.utf8)
        else { return }
        let found = "the string \(ShownText(end).quoted)"
        report.refuse(Fault(pointer: "/" + last, found: found, allowed: "a day not before \(first), \(start)"))
    }

    /// Strict mode counts only the quantities that this type of meter has.
    private mutating func checkUsage(_ usage: [String], _ cost: String) {
        let names = usage.filter { !isStrict || isMeasured($0) } + [cost]
        guard !names.contains(where: isGiven) else { return }
        let allowed = "usage or cost: at least one of \(names.joined(separator: ", "))"
        report.refuse(Fault(pointer: "", found: "none of them", allowed: allowed))
    }

    private func isMeasured(_ name: String) -> Bool {
        guard let meterType, meterType != .solar, let position = schema.position(of: name) else { return true }
        return schema.members[position].meterTypes?.contains(meterType) ?? true
    }

    private func value(_ name: String) -> JSONValue? {
        schema.position(of: name).flatMap { values[$0] }
    }

    /// A form that was left empty sends a blank string.
    private func isGiven(_ name: String) -> Bool {
        guard let value = value(name), !value.isNull else { return false }
        return value.string.map { !$0.isBlank } ?? true
    }

    private func isTrue(_ name: String) -> Bool {
        switch value(name)?.kind {
        case .bool(true), .string("true"): true
        default: false
        }
    }

    private func soundText(_ name: String) -> String? {
        guard let position = schema.position(of: name), isSound[position] else { return nil }
        return values[position]?.string
    }
}

extension Fault {
    fileprivate init(_ member: SchemaMember, found: String, allowed: String) {
        self.init(pointer: "/" + member.name, found: found, allowed: allowed)
    }
}
