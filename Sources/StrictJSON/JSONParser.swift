// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A recursive-descent reader over bytes. The depth limit bounds its recursion.
struct JSONParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var position = 0
    private var path: [PathStep] = []
    private var valuesSeen = 0

    private enum PathStep {
        case member(String)
        case element(Int)
    }

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipWhitespace()
        let value = try self.value()
        skipWhitespace()
        guard position == bytes.count else { throw failure("expected nothing behind the value") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        valuesSeen += 1
        guard valuesSeen <= limits.maximumValues else { throw failure("more than \(limits.maximumValues) values") }
        let start = position
        let kind: JSONValue.Kind
        switch peek() {
        case UInt8(ascii: "{"): kind = .object(try members())
        case UInt8(ascii: "["): kind = .array(try elements())
        case UInt8(ascii: "\""): kind = .string(try string())
        case UInt8(ascii: "t"): kind = try literal("true", .bool(true))
        case UInt8(ascii: "f"): kind = try literal("false", .bool(false))
        case UInt8(ascii: "n"): kind = try literal("null", .null)
        case UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?: kind = .number(text: try number())
        case nil: throw failure("expected a value, found the end of the text")
        default: throw failure("expected a value")
        }
        return JSONValue(kind: kind, range: start..<position)
    }

    private mutating func members() throws(JSONError) -> [(key: String, value: JSONValue)] {
        try enter(UInt8(ascii: "{"))
        var members: [(key: String, value: JSONValue)] = []
        var names: Set<[UInt8]> = []
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipWhitespace()
            guard peek() == UInt8(ascii: "\"") else { throw failure("expected a member name in quotes") }
            let name = try string()
            // Compared as bytes: Swift calls canonically equivalent strings equal, JSON does not.
            guard names.insert(Array(name.utf8)).inserted else {
                path.append(.member(name))
                throw failure("the member stands twice")
            }
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw failure("expected ':' after a member name") }
            skipWhitespace()
            path.append(.member(name))
            try checkDepth()
            members.append((name, try value()))
            path.removeLast()
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("expected ',' or '}'") }
        return members
    }

    private mutating func elements() throws(JSONError) -> [JSONValue] {
        try enter(UInt8(ascii: "["))
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return elements }
        repeat {
            skipWhitespace()
            path.append(.element(elements.count))
            try checkDepth()
            elements.append(try value())
            path.removeLast()
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("expected ',' or ']'") }
        return elements
    }

    private mutating func enter(_ opening: UInt8) throws(JSONError) {
        _ = take(opening)
        skipWhitespace()
    }

    private func checkDepth() throws(JSONError) {
        guard path.count <= limits.maximumDepth else {
            throw failure("nested deeper than \(limits.maximumDepth) levels")
        }
    }

    private mutating func literal(
        _ word: StaticString, _ kind: JSONValue.Kind
    ) throws(JSONError) -> JSONValue.Kind {
        let wanted = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[position...].starts(with: wanted) else { throw failure("expected \(word)") }
        position += wanted.count
        return kind
    }

    // MARK: Reading bytes

    func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    func failure(_ reason: String) -> JSONError {
        let pointer = path.map { step in
            switch step {
            case .member(let name): "/" + Self.escaped(name)
            case .element(let index): "/\(index)"
            }
        }
        return JSONError(pointer: pointer.joined(), offset: position, reason: reason)
    }

    /// RFC 6901 section 3: `~` and `/` are escaped in a reference token.
    private static func escaped(_ name: String) -> String {
        var out = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": out += "~0"
            case "/": out += "~1"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
