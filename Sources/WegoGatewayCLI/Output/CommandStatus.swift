// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What the command's end means. The numbers are a promise to scripts.
enum CommandStatus: Int32, Sendable {
    case done = 0
    /// The command, the configuration or a name in it is wrong.
    case usage = 1
    /// A check failed, an answer was an error, or tampering was found.
    case checkFailed = 2
    /// Something needed could not be reached or opened.
    case unavailable = 3
}

/// Ends the command with a status when everything to be said was said.
struct SilentExit: Error {
    let status: CommandStatus
}
