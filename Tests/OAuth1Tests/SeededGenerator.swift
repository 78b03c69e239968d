// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// SplitMix64: the same seed, the same values, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ oneIn: Int) -> Bool {
        Int.random(in: 0..<oneIn, using: &self) == 0
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }

    mutating func bytes() -> [UInt8] {
        let count = Int.random(in: 0...12, using: &self)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }

    /// Text made of what is easily got wrong.
    mutating func text(atLeast minimum: Int = 0) -> String {
        let count = Int.random(in: minimum...5, using: &self)
        return (0..<count).map { _ in pick(Self.pieces) }.joined()
    }

    mutating func parameters() -> [Parameter] {
        var parameters: [Parameter] = []
        for _ in 0..<Int.random(in: 0...6, using: &self) {
            // Names repeat often, so that values decide the order.
            let name = chance(3) && !parameters.isEmpty ? pick(parameters).name : Array(text().utf8)
            let value: [UInt8]? = chance(8) ? nil : Array(text().utf8)
            parameters.append(Parameter(name: name, value: value))
        }
        return parameters
    }

    private static let pieces =
        ["a", "A", "b", "z", "Z", "0", "1", "9", "10", "-", ".", "_", "~", "name", "oauth"]
        + "!*'();:@&=+$,/?#[]%\"<>\\^`{|} ".map(String.init)
        + ["%20", "%2B", "%zz", "&a=b", "==", "\r\n", "\r", "\n", "\t", "\0", "\u{7F}", "\u{80}"]
        + [
            "\u{E9}", "e\u{301}", "e", "\u{301}", "\u{1E9B}\u{323}", "\u{212B}", "\u{C5}", "A\u{30A}", "\u{FB01}",
            "\u{DF}",
        ]
        + [
            "\u{3001}", "日本", "\u{1F600}", "\u{1F468}\u{200D}\u{1F469}", "\u{FFFD}", "\u{FEFF}", "\u{202E}",
            "\u{10FFFF}",
        ]
}
