// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A listener could not be opened. Names the configuration key, since that is what one changes.
package struct ListenError: Error, Sendable, Equatable {
    /// `ops.address`
    package let key: String
    package let place: String
    package let reason: Reason

    package enum Reason: Sendable, Equatable {
        case inUse
        case system(String)
    }

    package init(key: String, place: String, reason: Reason) {
        self.key = key
        self.place = place
        self.reason = reason
    }

    /// - Parameter error: what binding threw.
    package init(key: String, place: String, error: any Error) {
        let code = (error as? IOError)?.errnoCode
        let text = code.map { String(cString: strerror($0)) } ?? "\(error)"
        self.init(key: key, place: place, reason: code == EADDRINUSE ? .inUse : .system(text))
    }

    /// What happened, and what to do next.
    package var explanation: String {
        switch reason {
        case .inUse:
            "\(key): \(place) is already in use. "
                + "Stop the program that listens there, or choose another value for \(key) in the configuration."
        case .system(let text):
            "\(key): cannot listen on \(place): \(text). Choose another value for \(key) in the configuration."
        }
    }
}
