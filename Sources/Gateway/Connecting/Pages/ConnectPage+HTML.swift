// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import FoundationEssentials

extension ConnectPage {
    /// - Parameter back: where the person came from, with the result; nil: no link.
    func answer(back: String?, fields: [(name: String, value: String)] = []) -> OwnAnswer {
        OwnAnswer(
            status: status, contentType: "text/html; charset=utf-8", body: html(back: back),
            fields: Self.protection(ofStatus: status) + fields)
    }

    /// Sends the browser on to `location`, which was allow-listed.
    static func redirect(to location: String) -> OwnAnswer {
        OwnAnswer(
            status: 303, contentType: "text/html; charset=utf-8", body: [],
            fields: protection(ofStatus: 303) + [("Location", location)])
    }

    /// No script, nothing from elsewhere, in no frame; and the address, which holds a verifier, is told to nobody.
    private static func protection(ofStatus status: Int) -> [(name: String, value: String)] {
        var fields = [
            (
                name: "Content-Security-Policy",
                value: "default-src 'none'; style-src 'sha256-\(styleHash)'; frame-ancestors 'none'; "
                    + "form-action 'none'; base-uri 'none'"
            ),
            ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ]
        if !(200...299).contains(status) { fields.append(("Wego-Gateway-Error-Source", "gateway")) }
        return fields
    }

    private func html(back: String?) -> [UInt8] {
        let paragraphs = sentences.map { "<p>\(Self.escaped($0))</p>" }
        let link = back.map { "<p><a href=\"\(Self.escaped($0))\">Back to the application</a></p>" }
        return Array(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>\(Self.escaped(title)) - WegoWise gateway</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main class="\(mood.rawValue)">
            <h1>\(Self.escaped(title))</h1>
            \((paragraphs + [link].compactMap { $0 }).joined(separator: "\n"))
            </main>
            <footer><p>WegoWise gateway</p></footer>
            </body>
            </html>

            """.utf8)
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    /// Contrasts of at least 7 to 1 for text, in both schemes.
    private static let style = """
        :root{color-scheme:light dark;--ink:#1c2128;--soft:#4a525c;--paper:#f4f5f7;--card:#fff;--line:#c9ced6;\
        --good:#0b5d2a;--open:#6b4700;--bad:#8f1313}\
        @media(prefers-color-scheme:dark){:root{--ink:#eceff3;--soft:#b6bec9;--paper:#14171b;--card:#1e2329;\
        --line:#434b56;--good:#7ee2a0;--open:#f2c46d;--bad:#ffb1ab}}\
        *{box-sizing:border-box}\
        body{margin:0;padding:8vh 1rem 2rem;background:var(--paper);color:var(--ink);\
        font:1.125rem/1.6 system-ui,sans-serif}\
        main{max-width:34rem;margin:0 auto;padding:2rem;background:var(--card);border:1px solid var(--line);\
        border-top:.375rem solid var(--bad);border-radius:.5rem;overflow-wrap:break-word}\
        h1{margin:0 0 1rem;font-size:1.625rem;line-height:1.25;color:var(--bad)}\
        .good{border-top-color:var(--good)}.good h1{color:var(--good)}\
        .open{border-top-color:var(--open)}.open h1{color:var(--open)}\
        p{margin:0 0 1rem}main p:last-child{margin-bottom:0}\
        a{color:inherit;text-underline-offset:.2em}\
        footer{max-width:34rem;margin:1.5rem auto 0;color:var(--soft);font-size:.9375rem;text-align:center}
        """

    private static let styleHash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
}
