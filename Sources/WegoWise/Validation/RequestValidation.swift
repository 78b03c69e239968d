// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// Whether a body may be forwarded. It is looked at, never changed: what is forwarded are the caller's bytes.
package enum RequestValidation {
    /// Looks at a body by what is known about the route. A pure function; costs one pass over the members.
    ///
    /// `meterType` is what the meter measures a raw datum is for, where that is known; nil means unknown.
    package static func validate(
        _ body: JSONDocument?, for route: Route, mode: ValidationMode, meterType: MeterType? = nil
    ) -> ValidationReport {
        guard mode != .off, let schema = route.requestSchema else { return ValidationReport() }
        guard let body else { return schema.isBodyRequired ? refused(found: "no body") : ValidationReport() }
        guard let members = body.root.members else { return refused(found: body.root.typeName) }
        var check = BodyCheck(schema: schema, isStrict: mode == .strict, meterType: meterType, members: members)
        return check.run()
    }

    /// A value that is no object may be anything, a password too: only its type is told.
    private static func refused(found: String) -> ValidationReport {
        var report = ValidationReport()
        report.refuse(Fault(pointer: "", found: found, allowed: "an object"))
        return report
    }
}
