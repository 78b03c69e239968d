// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

extension MemberType {
    func accepts(_ value: JSONValue, isStrict: Bool) -> Bool {
        switch (self, value.kind) {
        case (.text, .string): true
        case (.textNotBlank, .string(let text)): !text.isBlank
        case (.integer(let form), .number(let text)): form.accepts(number: text)
        case (.integer(let form), .string(let text)):
            (form.isTextAlwaysAllowed || !isStrict) && form.accepts(text: text)
        case (.decimal, .number(let text)): DecimalForm.accepts(number: text)
        case (.decimal, .string(let text)): DecimalForm.accepts(text: text)
        case (.boolean, .bool): true
        case (.boolean, .string(let text)): !isStrict && (text == "true" || text == "false")
        case (.date, .string(let text)): CalendarDay.isOne(text)
        case (.word(let words, let anyLetterCase), .string(let text)):
            words.contains { text.isSpelled($0, inAnyLetterCase: anyLetterCase) }
        case (.integerOrWord(let form, _), .number(let text)): form.accepts(number: text)
        case (.integerOrWord(let form, let words), .string(let text)):
            form.accepts(text: text) || words.contains { text.isSpelled($0, inAnyLetterCase: false) }
        default: false
        }
    }

    /// Completes "expected ...".
    func allowed(isStrict: Bool) -> String {
        switch self {
        case .text: return "a string"
        case .textNotBlank: return "a string that is not blank"
        case .integer(let form):
            let range = "an integer from \(form.range.lowerBound) to \(form.range.upperBound)"
            return form.isTextAlwaysAllowed || !isStrict ? "\(range), also as a string of digits" : range
        case .decimal: return "a number below 10^12, also as a string such as \"12.50\""
        case .boolean: return isStrict ? "true or false" : "true or false, also as a string"
        case .date:
            let years = CalendarDay.years
            return "a day of the years \(years.lowerBound) to \(years.upperBound) as a string, YYYY-MM-DD"
        case .word(let words, let anyLetterCase):
            return "one of \(Self.list(words))\(anyLetterCase ? ", in any letter case" : "")"
        case .integerOrWord(let form, let words):
            return "an integer from \(form.range.lowerBound) to \(form.range.upperBound), or one of \(Self.list(words))"
        }
    }

    private static func list(_ words: [String]) -> String {
        words.map(JSONText.quoted).joined(separator: ", ")
    }
}

extension JSONValue {
    var isNull: Bool { if case .null = kind { true } else { false } }

    /// Completes "found ...". Arrays and objects are never shown, for any of their members may be secret.
    func found(isSecret: Bool) -> String {
        switch kind {
        case .string(let text) where text.isBlank: "a blank string"
        case .string(let text) where !isSecret: "the string \(ShownText(text).quoted)"
        case .number(let text) where !isSecret: "the number \(ShownText(text))"
        case .bool(let flag) where !isSecret: flag ? "true" : "false"
        default: typeName
        }
    }
}

extension String {
    /// Whether a reader would see nothing.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }

    /// Words are ASCII; bytes are compared, so that nothing else passes as one of them.
    fileprivate func isSpelled(_ word: String, inAnyLetterCase: Bool) -> Bool {
        guard inAnyLetterCase else { return utf8.elementsEqual(word.utf8) }
        return utf8.elementsEqual(word.utf8) { $0.lowerCaseLetter == $1.lowerCaseLetter }
    }
}

extension UInt8 {
    fileprivate var lowerCaseLetter: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
