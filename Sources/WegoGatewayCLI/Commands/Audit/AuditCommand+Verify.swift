// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import Audit
import Foundation

extension AuditCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that nothing in the journal was changed, removed or added; exit code 2 if something was.",
            discussion: """
                Needs the segments, the checkpoints and the public key, and nothing else: it works on a copy, on another \
                machine, and while the gateway runs. Without --public-key the key beside the segments is used; whoever can \
                change the segments can change that one, too, so keep a copy elsewhere. Checkpoints copied to a place that \
                this machine cannot change (audit.checkpoint_copies) limit what even the owner of the key can do.

                Examples:
                  wego-gateway audit verify
                  wego-gateway audit verify --public-key /safe/audit.pub \\
                    --checkpoints /safe/checkpoints --directory copy
                """)

        @Option(help: ArgumentHelp("The file with the public key.", valueName: "file")) var publicKey: String?
        @Option(help: ArgumentHelp("A file of copied checkpoints. May be repeated.", valueName: "file"))
        var checkpoints: [String] = []
        @OptionGroup var place: JournalPlace
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let directories =
                place.directory.isEmpty ? try global.settings().auditDirectoryPaths : place.directory
            let keyFile = publicKey ?? "\(directories[0])/audit.pub"
            guard let key = try? String(contentsOfFile: keyFile, encoding: .utf8) else {
                throw CommandFailure(
                    .unavailable, "There is no readable public key at \(keyFile).",
                    next: "Name it with --public-key FILE; the gateway writes it to audit.pub beside the segments.")
            }
            for file in checkpoints where !FileManager.default.isReadableFile(atPath: file) {
                throw CommandFailure(
                    .unavailable, "There is no readable file of checkpoints at \(file).",
                    next: "Name one with --checkpoints FILE, or leave the option out.")
            }
            let copies = checkpoints
            let result = try await Blocking.run {
                Result { () throws(JournalOpenError) in try Self.verify(directories, key, copies) }
            }.get()
            show(result, keyFile)
            if !result.isOK { throw SilentExit(status: .checkFailed) }
        }

        private static func verify(
            _ directories: [String], _ key: String, _ copies: [String]
        ) throws(JournalOpenError) -> JournalVerification {
            let bar = ProgressBar("Verifying")
            defer { bar.end() }
            return try JournalVerifier(directories: directories, publicKey: key, checkpointCopies: copies)
                .verify { bar.show($0, of: $1) }
        }

        private func show(_ result: JournalVerification, _ keyFile: String) {
            if global.json { return Terminal.line(result.json) }
            if let bad = result.firstBad {
                let line = bad.line > 0 ? ", line \(bad.line)" : ""
                return Terminal.write(
                    "wego-gateway: The journal was changed or damaged: \(bad.segment)\(line), record \(bad.sequence): "
                        + "\(bad.reason).\n  Keep the directory as it is, and find out who wrote to it.\n", to: .errors)
            }
            Terminal.write(VerificationText(result, keyFile: publicKey == nil ? keyFile : nil).text, to: .output)
        }
    }
}

/// What a verification that found nothing wrong says.
struct VerificationText {
    let text: String

    /// - Parameter keyFile: where the public key was taken from, when nobody named one.
    init(_ result: JournalVerification, keyFile: String?) {
        let last = result.records + result.removed
        var lines = [
            "The journal is whole: \(result.records) records in \(result.segments) segments, "
                + "\(result.checkpoints) signed checkpoints."
        ]
        if result.covered < last {
            lines.append("No checkpoint vouches for the last \(last - result.covered) records yet.")
        }
        if result.removed > 0 {
            lines.append("\(result.removed) older records were removed, as a signed tombstone says.")
        }
        if result.openIntents > 0 {
            lines.append("\(result.openIntents) calls have no outcome yet: in flight now, or cut off by a crash.")
        }
        if result.unfinishedBytes > 0 {
            lines.append(
                "The last line is not whole (\(result.unfinishedBytes) bytes): being written, or torn by a crash.")
        }
        if let keyFile {
            lines.append(
                "The public key was taken from \(keyFile). Use --public-key with a copy kept elsewhere to be sure.")
        }
        text = lines.joined(separator: "\n") + "\n"
    }
}
