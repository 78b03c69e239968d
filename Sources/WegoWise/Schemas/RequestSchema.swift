// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What the body of a request must look like: one object, some of whose members are known.
///
/// Members that are not known here are allowed, as the upstream's own schemas allow them.
package struct RequestSchema: Sendable {
    /// Unique among the schemas; the name under which documents refer to it.
    package let name: String
    package let members: [SchemaMember]
    package let rules: [SchemaRule]
    /// False where changes may also come in the query, without a body.
    package let isBodyRequired: Bool
    private let positions: [String: Int]

    /// Two members of one name, or a rule about an unknown one, are a mistake in the tables and stop the program.
    init(_ name: String, _ members: [SchemaMember], rules: [SchemaRule] = [], isBodyRequired: Bool = true) {
        self.name = name
        self.members = members
        self.rules = rules
        self.isBodyRequired = isBodyRequired
        var positions: [String: Int] = [:]
        for (index, member) in members.enumerated() {
            precondition(positions.updateValue(index, forKey: member.name) == nil, "\(name) has \(member.name) twice")
        }
        for name in rules.flatMap(\.names) { precondition(positions[name] != nil, "no member \(name) for a rule") }
        self.positions = positions
    }

    /// Names are lower-case ASCII, to which no other text is canonically equivalent, so this compares bytes.
    func position(of name: String) -> Int? { positions[name] }

    /// Names of members whose value must never be shown.
    package var secrets: [String] { members.filter(\.isSecret).map(\.name) }
}

/// One known member of a body.
package struct SchemaMember: Sendable {
    package let name: String
    package let type: MemberType
    package let requirement: Requirement
    package let isSecret: Bool
    /// The types of meter the member is documented for; nil means all.
    package let meterTypes: [MeterType]?

    init(
        _ name: String, _ type: MemberType, _ requirement: Requirement, isSecret: Bool = false,
        meterTypes: [MeterType]? = nil
    ) {
        self.name = name
        self.type = type
        self.requirement = requirement
        self.isSecret = isSecret
        self.meterTypes = meterTypes
    }
}

/// Whether a body can do without a member. A member that is null is not there.
package enum Requirement: Sendable, CaseIterable {
    /// A call without it is refused.
    case always
    /// A call without it is refused in strict mode; in lenient mode it causes a warning.
    case strict
    case optional
}

/// What must hold between members.
package enum SchemaRule: Sendable {
    /// One of the two and not both. Strict; a warning otherwise.
    case either(String, String)
    /// Both or none. Strict; a warning otherwise.
    case together(String, String)
    /// The first date is not after the second.
    case order(first: String, last: String)
    /// At least one of the quantities or the cost.
    case usageOrCost(usage: [String], cost: String)
    /// None of them is there although `flag` is true (or always, if there is no flag): a warning in every mode.
    case advised([String], flag: String?)

    var names: [String] {
        switch self {
        case .either(let first, let second), .together(let first, let second): [first, second]
        case .order(let first, let last): [first, last]
        case .usageOrCost(let usage, let cost): usage + [cost]
        case .advised(let names, let flag): names + (flag.map { [$0] } ?? [])
        }
    }
}
