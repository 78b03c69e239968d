// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Synchronization

/// A directory of its own for one test, removed with everything in it when the last reference goes.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// - Parameter label: a word for people who look into /tmp while a test hangs. Keep it short: a Unix socket
    ///   inside the directory has 107 bytes for its whole path.
    package init(_ label: String = "test") throws {
        var template = Array("/tmp/wego-\(label)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallFailure("mkdtemp", code: errno) }
        path = template.withUnsafeBufferPointer {
            String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        let path = path
        Self.removeAllAtExit
        Self.living.withLock { _ = $0.insert(path) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        Self.living.withLock { _ = $0.remove(path) }
    }

    // Directories of values that live as long as the process have no `deinit`.
    private static let living = Mutex<Set<String>>([])
    private static let removeAllAtExit: Void = {
        atexit { TemporaryDirectory.living.withLock { $0.forEach { try? FileManager.default.removeItem(atPath: $0) } } }
    }()

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes `text` to `name` and returns its path. The default mode is what the product demands of secret files.
    @discardableResult
    package func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        let created = FileManager.default.createFile(
            atPath: file(name), contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        guard created else { throw SystemCallFailure("create \(file(name))", code: errno) }
        return file(name)
    }

    package func read(_ name: String) throws -> String {
        try String(contentsOfFile: file(name), encoding: .utf8)
    }
}

/// A system call that failed where a test had no reason to expect it.
package struct SystemCallFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ call: String, code: Int32) {
        description = "\(call): \(String(cString: strerror(code)))"
    }
}
