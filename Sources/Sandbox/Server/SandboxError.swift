// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Why a sandbox cannot start.
package enum SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
    case notLoopback(String)
    case badPort(Int)
    case badTimestampWindow(Duration)
    case badUsername(String)
    case repeatedUsername(String)
    case alreadyRunning
    case cannotListen(address: String, reason: String)
    case cannotWrite(path: String, reason: String)
    case cannotRead(path: String, reason: String)
    case certificate(reason: String)

    package var explanation: String {
        switch self {
        case .notLoopback(let host):
            "the sandbox listens on loopback only: use 127.0.0.1, ::1 or localhost instead of \(host)"
        case .badPort(let port): "the port must be between 0 and 65535, not \(port)"
        case .badTimestampWindow(let window): "the timestamp window must not be negative, as \(window) is"
        case .badUsername(let name):
            "the user name \"\(name)\" must begin with a letter or digit, go on with letters, digits, '.', '_', '@' "
                + "or '-', and have at most 64 characters"
        case .repeatedUsername(let name): "the user name \"\(name)\" is given twice"
        case .alreadyRunning: "this sandbox has been started before; make a new one"
        case .cannotListen(let address, let reason):
            "cannot listen on \(address): \(reason); choose another port or stop what uses it"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .certificate(let reason): "cannot make the TLS certificates: \(reason)"
        }
    }

    package var description: String { explanation }
}
