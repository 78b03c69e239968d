// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Gateway
import Logging
import Settings

/// The log of a running gateway as the configuration wants it.
struct LogOutput: Sendable {
    let sink = LogSink()
    private let clock = LogClock()
    private let settings: GatewaySettings.Log

    init(_ settings: GatewaySettings.Log) {
        self.settings = settings
    }

    func logger(_ label: String) -> Logger {
        Logger(label: label) { _ in
            LineLogHandler(sink: sink, format: settings.format, level: Logger.Level(settings.level), clock: clock)
        }
    }

    var recorder: any CallRecorder {
        guard Logger.Level(settings.level) <= .info else { return CallLog.Off() }
        return CallLog(sink: sink, format: settings.format, clock: clock)
    }
}
