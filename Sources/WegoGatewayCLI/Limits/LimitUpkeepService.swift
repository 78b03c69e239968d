// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Gateway
import ServiceLifecycle

/// What limits need about once a second, off the path of requests.
struct LimitUpkeepService: Service {
    let plane: DataPlane
    let keeper: LimitKeeper

    private static let interval = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await Blocking.run { [plane, keeper] in
                    plane.tidyLimits()
                    keeper.writeIfChanged()
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
