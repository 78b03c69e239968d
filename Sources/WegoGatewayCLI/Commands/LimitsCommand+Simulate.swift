// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Audit
import ControlPlane
import Foundation
import RateLimits

extension LimitsCommand {
    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell whom a policy would have refused, from records of the past.",
            discussion: """
                Reads the directory of an audit journal, single segments of it, or the gateway's log with one line a call; \
                files whose name ends in .gz as what they were before. Nothing is changed and no gateway is needed. Records \
                do not name the consumer, so each tenant counts as having one.

                Examples:
                  wego-gateway limits simulate --policy home-user=60/min --from gateway.log
                  wego-gateway limits simulate --policy caller=9/s,burst=20 --from audit
                """)

        @Option(
            name: .customLong("policy"),
            help: ArgumentHelp("\(PolicyArgument.form). May be repeated.", valueName: "policy"))
        var policies: [PolicyArgument] = []
        @Option(
            name: .customLong("from"), parsing: .upToNextOption,
            help: ArgumentHelp("Files or directories to read; - for standard input.", valueName: "file"))
        var files: [String] = []
        @Option(help: ArgumentHelp("How many of those refused most are listed.", valueName: "count")) var top = 20
        @Flag(inversion: .prefixedNo, help: "Whether home users share their consumer's limit evenly.") var fairShare =
            true
        @Option(help: .hidden) var figure: LimitFigure?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard figure == nil else { return }
            guard !policies.isEmpty else { throw ValidationError("Give at least one --policy \(PolicyArgument.form).") }
            guard !files.isEmpty else { throw ValidationError("Give at least one file with --from.") }
            guard Set(policies.map(\.kind)).count == policies.count else {
                throw ValidationError("--policy: at most one for each kind.")
            }
        }

        func run() throws {
            if let figure { return Terminal.write(figure.lines, to: .output) }
            var history = CallHistory()
            for file in files { try read(file, into: &history) }
            var terms = LimitDefaults()
            for policy in policies { terms[policy.kind] = policy.terms }
            var replay = LimitReplay(fairShare: fairShare) { [terms] in LimitPolicy(terms[$0.kind]) }
            for call in history.sorted() { replay.replay(call) }
            show(replay.result, history.otherLines)
        }

        private func read(_ file: String, into history: inout CallHistory) throws {
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory), isDirectory.boolValue {
                return try readJournal(file, into: &history)
            }
            if SegmentLines.isCompressed(file) {
                do throws(JournalOpenError) {
                    return try SegmentLines.forEach(of: file) { history.read($0) }
                } catch {
                    throw CommandFailure(.unavailable, "\(file) cannot be read.", next: Self.whatToName)
                }
            }
            let data: Data
            do {
                data =
                    file == "-"
                    ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(filePath: file))
            } catch {
                throw CommandFailure(.unavailable, "\(file) cannot be read.", next: Self.whatToName)
            }
            guard data.prefix(2) != Data([0x1F, 0x8B]) else {
                throw CommandFailure(
                    .usage, "\(file) is compressed.",
                    next: "Let its name end in .gz, or unpack it.")
            }
            for line in String(decoding: data, as: UTF8.self).split(separator: "\n") { history.read(line) }
        }

        private static let whatToName = "Name an audit directory, a segment of the audit journal or a log file."

        private func readJournal(_ directory: String, into history: inout CallHistory) throws {
            let reader = try JournalReader(directories: [directory])
            while let entry = try reader.next() { history.read(entry.text[...]) }
            UnreadableLines(count: reader.unreadableLines).warn()
        }

        private func show(_ result: LimitReplay.Result, _ otherLines: Int) {
            let refused = result.bySubject.sorted { ($1.value, $0.key.name) < ($0.value, $1.key.name) }.prefix(
                max(0, top))
            let limits = result.byLimit.map { (name: Self.name($0.key), count: $0.value) }
                .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
            if global.json {
                let tree = JSONTree.members([
                    "calls": .int(Int64(result.calls)), "refused": .int(Int64(result.refused)),
                    "limits": .object(limits.map { .init($0.name, .int(Int64($0.count))) }),
                    "subjects": .array(refused.map { Self.tree($0.key, $0.value, result) }),
                    "other_lines": .int(Int64(otherLines)),
                ])
                return Terminal.write(tree.bytes + [UInt8(ascii: "\n")], to: .output)
            }
            Terminal.line("\(result.calls) calls, \(result.refused) of them would have been refused.")
            for limit in limits { Terminal.line("  \(limit.name): \(limit.count)") }
            guard !refused.isEmpty else { return }
            let rows = refused.map { key, count in
                [key.kind.rawValue, key.tenant, key.name, "\(count)", "\(result.callsBySubject[key] ?? 0)"]
            }
            Terminal.write(TextTable(["kind", "tenant", "name", "refused", "calls"], rows: rows).text, to: .output)
        }

        private static func tree(_ key: LimitKey, _ count: Int, _ result: LimitReplay.Result) -> JSONTree {
            .members([
                "kind": .string(key.kind.rawValue), "tenant": .string(key.tenant), "name": .string(key.name),
                "refused": .int(Int64(count)), "calls": .int(Int64(result.callsBySubject[key] ?? 0)),
            ])
        }

        private static func name(_ violation: LimitViolation) -> String {
            switch violation.reason {
            case .rate(0): "\(violation.kind.rawValue) rate"
            case .rate(let window): "\(violation.kind.rawValue) window \(window)"
            case .concurrency: "\(violation.kind.rawValue) concurrency"
            case .fairShare: "fair share of the consumer"
            case .fairConcurrency: "fair share of the consumer's concurrency"
            }
        }
    }
}
