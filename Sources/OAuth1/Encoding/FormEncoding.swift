// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// `application/x-www-form-urlencoded` bodies and query strings. Only `&` separates; a `;` is an ordinary character.
package enum FormEncoding {
    /// Order and repeats are kept, empty pieces (`a&&b`) dropped, `+` is a space. Nil on a bad escape: signing a guess would
    /// sign something else than what is sent.
    package static func parse(_ bytes: some Collection<UInt8>) -> [Parameter]? {
        let parsed = bytes.withContiguousStorageIfAvailable { parse(contiguous: $0) }
        return parsed ?? Array(bytes).withUnsafeBufferPointer { parse(contiguous: $0) }
    }

    private static func parse(contiguous bytes: UnsafeBufferPointer<UInt8>) -> [Parameter]? {
        var parameters: [Parameter] = []
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "&") { end += 1 }
            if start < end {
                guard let parameter = parameter(in: UnsafeBufferPointer(rebasing: bytes[start..<end])) else {
                    return nil
                }
                parameters.append(parameter)
            }
            start = end + 1
        }
        return parameters
    }

    private static func parameter(in piece: UnsafeBufferPointer<UInt8>) -> Parameter? {
        let nameEnd = piece.firstIndex(of: UInt8(ascii: "="))
        guard let name = decode(piece[..<(nameEnd ?? piece.endIndex)]) else { return nil }
        guard let nameEnd else { return Parameter(name: name, value: nil) }
        guard let value = decode(piece[(nameEnd + 1)...]) else { return nil }
        return Parameter(name: name, value: value)
    }

    /// Percent-encodes as the signature does, `%20` for a space: what is sent is what is signed.
    package static func write(_ parameters: [Parameter]) -> [UInt8] {
        var out: [UInt8] = []
        for (index, parameter) in parameters.enumerated() {
            if index > 0 { out.append(UInt8(ascii: "&")) }
            PercentEncoding.append(parameter.name, to: &out)
            // A piece without a single byte would be dropped by the reader.
            guard parameter.value != nil || parameter.name.isEmpty else { continue }
            out.append(UInt8(ascii: "="))
            PercentEncoding.append(parameter.value ?? [], to: &out)
        }
        return out
    }

    private static func decode(_ piece: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8]? {
        PercentEncoding.decode(contiguous: UnsafeBufferPointer(rebasing: piece), plus: UInt8(ascii: " "))
    }
}
