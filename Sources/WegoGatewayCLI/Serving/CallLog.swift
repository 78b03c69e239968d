// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Gateway
import Logging
import Settings

/// One log line a call, written past swift-log's dictionaries: this runs on the event loops, for every request.
struct CallLog: CallRecorder {
    let sink: LogSink
    let format: GatewaySettings.LogFormat
    let clock: LogClock

    func record(_ record: CallRecord) {
        let facts = record.members.map { (name: $0.name, value: LogLine.Value($0.value)) }
        sink.write(LogLine(level: .info, message: "call", facts: facts).bytes(format, time: clock.text()))
    }

    /// Where the level leaves such lines out.
    struct Off: CallRecorder {
        func record(_ record: CallRecord) {}
    }
}

extension LogLine.Value {
    fileprivate init(_ value: CallRecord.Value) {
        switch value {
        case .text(let text): self = .text(text)
        case .number(let number): self = .number(number)
        }
    }
}
