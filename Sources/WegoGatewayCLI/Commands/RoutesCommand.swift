// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import WegoWise

struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "List the operations of WegoWise that the gateway knows, and how well each is attested.",
        discussion: """
            Paths set by upstream.routes are shown first, those of the catalogue stay known.

            Examples:
              wego-gateway routes
              wego-gateway routes --json
            """)

    @OptionGroup var global: GlobalOptions

    func run() throws {
        let table = RouteTable(try RouteCatalogue(global.settings()))
        Terminal.write(global.json ? table.jsonLines() : Array(table.text().utf8), to: .output)
    }
}
