// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import WegoWise

/// The names of query parameters, as far as a record may hold them: those that WegoWise is known to take, not whatever a
/// client put in their place.
enum ParameterNames {
    /// Stands for all others.
    static let other = "(other)"

    /// All that the catalogue names, and what known clients send beside that.
    private static let known = Set(RouteCatalogue.standard.routes.flatMap(\.queryNames) + ["token"])

    /// Each once, in the order of the query; at most all that are known and `other`.
    static func recordable(_ query: [Parameter]) -> [String] {
        var names: [String] = []
        for parameter in query {
            let text = String(decoding: parameter.name, as: UTF8.self)
            let name = known.contains(text) ? text : other
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
