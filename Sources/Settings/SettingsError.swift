// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One thing wrong with the configuration, told by the name the user knows it by.
package struct SettingsProblem: Sendable, Equatable, CustomStringConvertible {
    /// A key path (`limits.home_user.burst`), an environment variable, or empty for the file as a whole.
    package let subject: String
    package let reason: String

    init(_ subject: String, _ reason: String) {
        self.subject = subject
        self.reason = reason
    }

    package var description: String { subject.isEmpty ? reason : "\(subject): \(reason)" }
}

package enum SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file was read and says something that cannot be. Never empty.
    case invalid([SettingsProblem])
    case unreadable(file: String, reason: String)

    package var description: String {
        switch self {
        case .invalid(let problems): problems.map(\.description).joined(separator: "\n")
        case .unreadable(let file, let reason): "\(file): \(reason)"
        }
    }
}
