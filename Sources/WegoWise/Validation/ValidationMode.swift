// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How closely bodies are looked at before they are forwarded.
package enum ValidationMode: String, Sendable, CaseIterable {
    /// Refuses what cannot be right: structure, types, words, dates, and the absence of what every call needs.
    case lenient
    /// Refuses what the documentation, freed of its contradictions, does not allow.
    case strict
    /// Looks at nothing.
    case off
}
