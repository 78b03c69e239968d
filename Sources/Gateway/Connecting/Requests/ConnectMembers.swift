// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets
import StrictJSON

/// A body that is one flat object of strings, read strictly: what is not known is a mistake, not something to overlook.
struct ConnectMembers {
    private let root: JSONValue

    /// Of one value, in bytes.
    static let maximumLength = 2_048

    init(_ body: [UInt8], known: Set<String>) throws(GatewayError) {
        do throws(JSONError) {
            root = try JSONDocument.parse(body).root
        } catch {
            throw .malformedJSON(pointer: error.pointer, offset: error.offset, reason: error.reason)
        }
        let list = known.sorted().joined(separator: ", ")
        guard let members = root.members else {
            throw .connect(.badRequest(pointer: "", expected: "an object with \(list)"))
        }
        for (name, _) in members where !known.contains(name) {
            throw .connect(.badRequest(pointer: Self.pointer(name), expected: "only the members \(list)"))
        }
    }

    /// Nil when there is no such member.
    func text(_ name: String) throws(GatewayError) -> String? {
        guard let value = root[name] else { return nil }
        guard let text = value.string, (1...Self.maximumLength).contains(text.utf8.count) else {
            throw .connect(
                .badRequest(pointer: "/\(name)", expected: "a string of 1 to \(Self.maximumLength) bytes"))
        }
        return text
    }

    func secret(_ name: String) throws(GatewayError) -> Secret {
        guard let text = try text(name), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .connect(.badRequest(pointer: "/\(name)", expected: "what WegoWise gave, as a string without blanks"))
        }
        return Secret(utf8: text)
    }

    /// RFC 6901 section 3. Long names are cut: a pointer is to help, not to echo.
    private static func pointer(_ name: String) -> String {
        "/" + name.prefix(64).replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
