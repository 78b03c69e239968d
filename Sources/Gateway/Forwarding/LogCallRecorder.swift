// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Logging

/// One structured log line a call.
package struct LogCallRecorder: CallRecorder {
    private let logger: Logger

    package init(_ logger: Logger) {
        self.logger = logger
    }

    package func record(_ record: CallRecord) {
        logger.info("call", metadata: Self.metadata(record))
    }

    private static func metadata(_ record: CallRecord) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        metadata.reserveCapacity(16)
        for (name, value) in record.members {
            switch value {
            case .text(let text): metadata[name] = .string(text)
            case .number(let number): metadata[name] = .stringConvertible(number)
            }
        }
        return metadata
    }
}
