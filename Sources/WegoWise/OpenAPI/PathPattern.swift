// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Regular expressions (ECMA-262) for paths as a client may write them.
enum PathPattern {
    /// What an envelope may name: no empty segments, no dot segments, and nothing that somebody could take for a slash.
    static let forwarded = "^/(oauth/user|api/v1(/\(notDots)(\(character)|\(ascii)|\(other))+)+)$"

    private static let notDots = "(?!(\\.|%2[Ee]){1,2}(/|$))"
    private static let character = "[A-Za-z0-9._~!$&'()*+,=:@-]"

    /// Percent-encoded, but for controls, the slash and the backslash.
    private static let ascii = "%(2[0-9A-Ea-e]|[346]\(digit)|5[0-9ABD-Fabd-f]|7[0-9A-Ea-e])"
    /// Percent-encoded UTF-8 (RFC 3629 section 4).
    private static let other =
        "%([Cc][2-9A-Fa-f]|[Dd]\(digit))\(tail)"
        + "|%[Ee]0%[AaBb]\(digit)\(tail)|%[Ee][1-9A-CEFa-cef]\(tail)\(tail)|%[Ee][Dd]%[89]\(digit)\(tail)"
        + "|%[Ff]0%[9AaBb]\(digit)\(tail)\(tail)|%[Ff][1-3]\(tail)\(tail)\(tail)|%[Ff]4%8\(digit)\(tail)\(tail)"
    private static let tail = "%[89AaBb]\(digit)"
    private static let digit = "[0-9A-Fa-f]"
}
