// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// `application/x-www-form-urlencoded` bodies and query strings. Only `&` separates; a `;` is an ordinary character.
package enum FormEncoding {
    /// Order and repeats are kept, empty pieces (`a&&b`) dropped, `+` is a space. Nil on a bad escape: signing a guess would
    /// sign something else than what is sent.
    package static func parse(_ bytes: some Collection<UInt8>) -> [Parameter]? {
        var parameters: [Parameter] = []
        for piece in bytes.split(separator: UInt8(ascii: "&")) {
            let nameEnd = piece.firstIndex(of: UInt8(ascii: "="))
            guard let name = decode(piece[..<(nameEnd ?? piece.endIndex)]) else { return nil }
            guard let nameEnd else {
                parameters.append(Parameter(name: name, value: nil))
                continue
            }
            guard let value = decode(piece[piece.index(after: nameEnd)...]) else { return nil }
            parameters.append(Parameter(name: name, value: value))
        }
        return parameters
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

    private static func decode(_ piece: some Collection<UInt8>) -> [UInt8]? {
        PercentEncoding.decode(piece.lazy.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
    }
}
