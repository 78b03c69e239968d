// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Sizes of a snapshot.
package struct SnapshotCounts: Sendable, Equatable {
    package var tenants = 0
    package var consumers = 0
    package var callers = 0
    /// States that no home user is in are absent.
    package var homeUsers: [HomeUserState: Int] = [:]
}
