// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Foundation

/// One plain page: no scripts, nothing from elsewhere, readable without its few lines of style.
struct HTMLPage: Sendable {
    let title: String
    /// Markup; whatever came from outside has gone through `escaped`.
    let content: String
    /// Where a form on this page may lead besides this server: browsers apply the policy to redirects, too.
    var formTarget: String?

    static func escaped(_ text: some StringProtocol) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }

    var bytes: [UInt8] {
        Array(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escaped(title)) - WegoWise sandbox</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            <h1>\(Self.escaped(title))</h1>
            \(content)
            </main>
            <footer><p>This is the WegoWise sandbox on your own machine. It asks for no password.</p></footer>
            </body>
            </html>

            """.utf8)
    }

    /// Header fields that go with the page.
    var fields: [(name: String, value: String)] {
        let form = "'self'" + (formTarget.map { " " + Self.policySource($0) } ?? "")
        return [
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'sha256-\(Self.styleHash)'; form-action \(form); "
                    + "base-uri 'none'; frame-ancestors 'none'"
            ),
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
        ]
    }

    /// The policy's grammar knows no IPv6 addresses.
    private static func policySource(_ origin: String) -> String {
        origin.contains("[") ? String(origin.prefix { $0 != ":" }) + ":" : origin
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1c2128;--soft:#4a525c;--paper:#f4f5f7;--card:#fff;--line:#8b94a1;\
        --accent:#1d4f91;--on:#fff}\
        @media(prefers-color-scheme:dark){:root{--ink:#eceff3;--soft:#b6bec9;--paper:#14171b;--card:#1e2329;\
        --line:#7d8794;--accent:#9cc4ff;--on:#10151c}}\
        *{box-sizing:border-box}\
        body{margin:0;padding:8vh 1rem 2rem;background:var(--paper);color:var(--ink);\
        font:1.125rem/1.6 system-ui,sans-serif}\
        main{max-width:34rem;margin:0 auto;padding:2rem;background:var(--card);border:1px solid var(--line);\
        border-top:.375rem solid var(--accent);border-radius:.5rem;overflow-wrap:anywhere}\
        h1{margin:0 0 1rem;font-size:1.625rem;line-height:1.25}\
        p{margin:0 0 1rem}strong{font-size:.9375rem}main p:last-child{margin-bottom:0}\
        label,output{display:block;margin:0 0 .25rem}\
        select,button{font:inherit;min-height:2.75rem;padding:.375rem 1.25rem;border:1px solid var(--line);\
        border-radius:.375rem;background:var(--card);color:var(--ink)}\
        select{width:100%;margin:0 0 1.5rem}\
        button{margin:0 .75rem 0 0}\
        button[value=allow]{background:var(--accent);border-color:var(--accent);color:var(--on)}\
        :focus-visible{outline:.1875rem solid var(--accent);outline-offset:.125rem}\
        output{font-family:monospace;font-size:1.25rem;user-select:all}\
        footer{max-width:34rem;margin:1.5rem auto 0;color:var(--soft);font-size:.9375rem;text-align:center}
        """

    private static let styleHash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
}
