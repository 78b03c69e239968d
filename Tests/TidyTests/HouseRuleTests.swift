// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

struct HouseRuleTests {
    private static let maximumLines = 400
    private static let maximumFunctionLines = 60

    @Test(arguments: SourceFile.all)
    func beginsWithLicenceAndAuthors(_ file: SourceFile) {
        #expect(file.lines.first == "// SPDX-License-Identifier: Apache-2.0")
        #expect(file.lines.dropFirst().first == "// SPDX-FileCopyrightText: The WegoWise gateway authors")
    }

    @Test(arguments: SourceFile.all)
    func isShort(_ file: SourceFile) {
        #expect(file.lines.count <= Self.maximumLines)
        for (name, length) in file.functions { #expect(length <= Self.maximumFunctionLines, "\(name)") }
    }

    @Test(arguments: SourceFile.sources)
    func crashesOnlyForOurMistakes(_ file: SourceFile) {
        for line in file.code {
            #expect(!line.contains("try!"))
            #expect(!line.contains("as!"))
            #expect(!line.contains("fatalError("))
        }
    }

    @Test(arguments: SourceFile.sources)
    func hasNoPublicFace(_ file: SourceFile) {
        for line in file.code {
            let isPublic = line.firstRange(of: /^\s*(public|open)\s/) != nil
            #expect(!isPublic, "cross-module API is package: \(line)")
        }
    }

    @Test(arguments: SourceFile.sources)
    func printsOnlyFromTheCommandLine(_ file: SourceFile) {
        guard file.module != "WegoGatewayCLI" else { return }
        for line in file.code { #expect(line.firstRange(of: /(^|[^.\w])print\(/) == nil, "\(line)") }
    }

    @Test(arguments: SourceFile.sources)
    func provesWhatTheCompilerCannot(_ file: SourceFile) {
        for (number, line) in file.lines.enumerated() {
            guard line.contains("@unchecked Sendable {") || line.contains("nonisolated(unsafe)") else { continue }
            let above = file.lines[max(0, number - 8)..<number]
            #expect(above.contains { $0.contains("//") }, "\(file.path):\(number + 1) has no sentence that proves it")
        }
    }

    /// A door to a secret is opened where something is signed, sealed, compared or shown to its owner once.
    @Test(arguments: SourceFile.sources)
    func secretsAreOpenedInFewPlaces(_ file: SourceFile) {
        let closed: Set = ["Gateway", "Audit", "RateLimits", "WegoWise", "Curl", "Settings", "StrictJSON"]
        guard closed.contains(file.module) else { return }
        for line in file.code { #expect(!line.contains(".expose"), "\(file.path): \(line)") }
    }
}

extension SourceFile {
    /// Without comment lines.
    var code: [String] {
        lines.filter { !$0.drop { $0 == " " }.hasPrefix("//") }
    }

    /// Name and number of lines of each function; by indentation, as the formatter leaves it.
    var functions: [(name: String, length: Int)] {
        var found: [(String, Int)] = []
        var open: (name: String, start: Int, indent: String)?
        for (number, line) in lines.enumerated() {
            if let match = line.firstMatch(of: /^(\s*)(?:[\w@()]+\s+)*func\s+(\w+)/) {
                open = (String(match.2), number, String(match.1))
            } else if let function = open, line == function.indent + "}" {
                found.append((function.name, number - function.start))
                open = nil
            }
        }
        return found
    }
}
