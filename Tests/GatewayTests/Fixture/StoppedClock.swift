// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore

@testable import Gateway

/// Both clocks stand still.
struct StoppedClock: TimeSource {
    let now = NIODeadline.uptimeNanoseconds(5_000_000_000)
    let unixSeconds: Int64
}
