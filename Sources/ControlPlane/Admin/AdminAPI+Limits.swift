// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird
import RateLimits

/// Limits that differ from the configured defaults, addressed as `limits/{kind}/{name}`.
extension AdminAPI {
    @Sendable func listLimits(_ request: Request, context: AdminContext) async throws -> Response {
        let tenant = try tenantFilter(of: request)
        let overrides = try await store { try $0.limitOverrides(in: tenant) }
        return .json(.members(["overrides": .array(overrides.map { $0.tree(on: limitDefaults) })]))
    }

    @Sendable func showLimits(_ request: Request, context: AdminContext) async throws -> Response {
        let object = try limitedObject(in: context, tenant: try tenantFilter(of: request)?.rawValue)
        return .json(try await store { try $0.limitOverride(of: object) }.tree(on: limitDefaults))
    }

    /// The whole override: the defaults hold for what is not named.
    @Sendable func replaceLimits(_ request: Request, context: AdminContext) async throws -> Response {
        try await setLimits(request, context, keepingRest: false)
    }

    /// What is named changes; the rest of an override stays.
    @Sendable func changeLimits(_ request: Request, context: AdminContext) async throws -> Response {
        try await setLimits(request, context, keepingRest: true)
    }

    @Sendable func removeLimits(_ request: Request, context: AdminContext) async throws -> Response {
        let object = try limitedObject(in: context, tenant: try tenantFilter(of: request)?.rawValue)
        try await store { try $0.removeLimits(of: object) }
        return .done
    }

    private func setLimits(
        _ request: Request, _ context: AdminContext, keepingRest: Bool
    ) async throws -> Response {
        let body = try await body(
            of: request, known: ["tenant", "rate", "burst", "concurrency", "windows", "mode", "note"])
        let object = try limitedObject(in: context, tenant: body.optionalString("tenant"))
        let (adjustment, note) = (try body.limitAdjustment(), try body.optionalString("note"))
        // What another command changes meanwhile is caught when the limits are used: `LimitTerms.applying`.
        let old = keepingRest ? custody.snapshot.limitOverride(of: object)?.adjustment : nil
        try checkingLimits { () throws(LimitAdjustmentError) in
            try adjustment.merged(onto: old).check(on: limitDefaults[object.kind])
        }
        let override = try await store {
            try $0.setLimits(adjustment, of: object, note: note, keepingRest: keepingRest)
        }
        return .json(override.tree(on: limitDefaults))
    }

    private func limitedObject(in context: AdminContext, tenant: String?) throws -> LimitedObject {
        let (kindText, name) = (try context.segment("kind"), try context.segment("name"))
        guard let kind = LimitKind(rawValue: kindText) else {
            let kinds = LimitKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw AdminProblem.invalid("kind: expected one of \(kinds).")
        }
        guard kind == .tenant else {
            let owner = try self.tenant(named: tenant)
            guard let object = LimitedObject(kind, named: name, in: owner) else {
                _ = try HomeUserName.parse(name, called: "name")
                throw AdminProblem.invalid("name: expected \(nameGrammar).")
            }
            return object
        }
        let owner = try TenantName.parse(name, called: "name")
        guard tenant == nil || tenant == name else {
            throw AdminProblem.invalid("tenant: a tenant belongs to no other; leave it out.")
        }
        return .tenant(owner)
    }
}

extension AdminBody {
    fileprivate func limitAdjustment() throws(AdminProblem) -> LimitAdjustment {
        let (rate, windows) = (try optionalString("rate"), try strings("windows"))
        let burst = try wholeNumber("burst", 1...LimitAdjustment.maximumBurst)
        let concurrency = try wholeNumber("concurrency", 1...LimitAdjustment.maximumConcurrency)
        let isShadow = try limitMode()
        return try checkingLimits { () throws(LimitAdjustmentError) in
            try LimitAdjustment(
                rate: rate, burst: burst, concurrency: concurrency, windows: windows, isShadow: isShadow)
        }
    }

    private func limitMode() throws(AdminProblem) -> Bool? {
        switch try optionalString("mode") {
        case nil: nil
        case "shadow": true
        case "enforce": false
        default: throw .invalid("mode: expected \"enforce\" or \"shadow\".")
        }
    }
}

private func checkingLimits<Value>(
    _ body: () throws(LimitAdjustmentError) -> Value
) throws(AdminProblem) -> Value {
    do throws(LimitAdjustmentError) {
        return try body()
    } catch {
        throw .invalid(error.description)
    }
}

extension LimitOverride {
    /// - Parameter defaults: for what holds in the end.
    package func tree(on defaults: LimitDefaults) -> JSONTree {
        .members([
            "kind": .string(object.kind.rawValue), "name": .string(object.name),
            "tenant": .string(object.tenant.rawValue), "rate": .text(adjustment.rate?.description),
            "burst": .int(adjustment.burst), "concurrency": .int(adjustment.concurrency),
            "windows": adjustment.windows.map { .strings($0.map(\.description)) } ?? .null,
            "mode": .text(adjustment.isShadow.map(LimitTerms.mode)), "note": .text(note),
            "since": .string(UTCTime.text(since)), "changed": .string(UTCTime.text(changed)),
            "effective": defaults[object.kind].applying(adjustment).tree,
        ])
    }
}

extension LimitTerms {
    /// The limits as they hold.
    package var tree: JSONTree {
        .members([
            "rate": .text(rate?.description), "burst": .int(burst), "concurrency": .int(concurrency),
            "windows": .strings(windows.map(\.description)), "mode": .string(Self.mode(isShadow)),
        ])
    }

    fileprivate static func mode(_ isShadow: Bool) -> String { isShadow ? "shadow" : "enforce" }
}

extension JSONTree {
    fileprivate static func int(_ number: Int?) -> JSONTree { number.map { .int(Int64($0)) } ?? .null }
}
