// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Logging
import Settings

/// Writes swift-log events as lines for people or for machines.
struct LineLogHandler: LogHandler {
    private let sink: LogSink
    private let format: GatewaySettings.LogFormat
    private let clock: LogClock

    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(
        sink: LogSink, format: GatewaySettings.LogFormat, level: Logger.Level, clock: LogClock = LogClock()
    ) {
        self.sink = sink
        self.format = format
        self.clock = clock
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let own = metadata.merging(metadataProvider?.get() ?? [:]) { _, provided in provided }
        let all = own.merging(event.metadata ?? [:]) { _, given in given }
        let facts = all.sorted { $0.key < $1.key }.map { (name: $0.key, value: LogLine.Value($0.value)) }
        let line = LogLine(level: event.level, message: "\(event.message)", facts: facts)
        sink.write(line.bytes(format, time: clock.text()))
    }
}

extension LogLine.Value {
    init(_ value: Logger.Metadata.Value) {
        if case .stringConvertible(let number as any BinaryInteger & Sendable) = value,
            let number = Int64(exactly: number)
        {
            self = .number(number)
        } else {
            self = .text("\(value)")
        }
    }
}

extension Logger.Level {
    init(_ level: GatewaySettings.LogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}
