// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import WegoWise

struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "List the operations of WegoWise that the gateway knows, and how well each is attested.",
        discussion: """
            Examples:
              wego-gateway routes
              wego-gateway routes --json
            """)

    @Flag(help: "Print one JSON object per line.") var json = false

    func run() {
        let table = RouteTable(.standard)
        Terminal.write(json ? table.jsonLines() : Array(table.text().utf8), to: .output)
    }
}
