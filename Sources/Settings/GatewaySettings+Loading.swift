// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension GatewaySettings {
    /// Names a file instead of a key, so it is no override.
    package static let configFileVariable = "WEGO_GATEWAY_CONFIG"

    /// A configuration file is small; anything larger is another file.
    static let maximumFileSize = ByteCount.mebibytes(1)

    /// Settings of the file at `path` (nil: the defaults) with `environment` on top.
    package static func load(
        file path: String?, environment: [String: String], currentDirectory: String
    ) throws(SettingsError) -> GatewaySettings {
        guard let path else {
            return try read(file: nil, environment: environment, baseDirectory: currentDirectory)
        }
        let absolute = path.hasPrefix("/") ? path : "\(currentDirectory)/\(path)"
        let parent = absolute[..<(absolute.lastIndex(of: "/") ?? absolute.startIndex)]
        return try read(
            file: try contents(of: absolute), environment: environment,
            baseDirectory: parent.isEmpty ? "/" : String(parent))
    }

    /// The pure part of `load`.
    package static func read(
        file bytes: [UInt8]?, environment: [String: String], baseDirectory: String
    ) throws(SettingsError) -> GatewaySettings {
        var reader = SettingsReader(baseDirectory: baseDirectory)
        if let bytes { reader.read(file: bytes) }
        reader.read(environment: environment, ignoring: [configFileVariable])
        let problems = reader.problems.isEmpty ? reader.settings.contradictions() : reader.problems
        guard problems.isEmpty else { throw .invalid(problems) }
        return reader.settings
    }

    private static func contents(of path: String) throws(SettingsError) -> [UInt8] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw .unreadable(file: path, reason: exists ? "the file cannot be read" : "there is no such file")
        }
        guard data.count <= maximumFileSize.bytes else {
            throw .unreadable(file: path, reason: "larger than \(maximumFileSize), so no configuration file")
        }
        return [UInt8](data)
    }
}
