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
        :root{color-scheme:light dark}\
        body{font:1.125rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}\
        label,output{display:block;margin:1rem 0 .25rem}\
        select,button{font:inherit;padding:.5rem 1rem;margin:.5rem .5rem .5rem 0;min-height:2.75rem}\
        output{font-family:monospace;font-size:1.25rem;user-select:all;overflow-wrap:anywhere}\
        footer{border-top:1px solid;margin-top:2rem}
        """

    private static let styleHash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
}
