// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Checks a journal offline, with only the public key: chain, order, segments, pairing, roots and signatures.
///
/// Reads each file once, in bounded memory. A journal may be written to meanwhile.
package struct JournalVerifier {
    private let directories: [String]
    private let key: CheckpointPublicKey
    private let checkpointFiles: [String]

    /// - Parameters:
    ///   - directories: all directories the journal has segments in.
    ///   - publicKey: contents of `audit.pub`.
    ///   - checkpointCopies: further files of checkpoints, such as those of the second place.
    package init(
        directories: [String], publicKey: String, checkpointCopies: [String] = []
    ) throws(JournalOpenError) {
        guard let key = CheckpointPublicKey(publicKey) else {
            throw .key(
                path: CheckpointKey.publicKeyName, reason: "expected `<name>+<key id>+<base64>` of an Ed25519 key")
        }
        self.directories = directories
        self.key = key
        checkpointFiles =
            directories.map { $0 + "/" + CheckpointFile.name }.filter(Self.exists) + checkpointCopies
    }

    /// Throws when there is nothing to verify, or something cannot be read.
    ///
    /// - Parameter progress: called now and then with the bytes read and the bytes there are.
    package func verify(
        progress: (_ read: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(JournalOpenError) -> JournalVerification {
        // Checkpoints first: what they speak of is on disk already, whatever is appended while segments are read.
        var checkpoints: [CheckpointTrail] = []
        for path in checkpointFiles { checkpoints.append(try CheckpointTrail(path, key: key)) }
        let tombstone = Tombstone.latest(in: directories, key: key)
        let survey: SegmentSurvey
        do throws(JournalOpenError) {
            survey = try SegmentSurvey(directories: directories)
        } catch {
            // A segment that is there twice.
            guard case .damaged(let segment, let line, let reason) = error else { throw error }
            var result = JournalVerification()
            result.firstBad = BadRecord(segment: segment, line: line, sequence: 0, reason: reason)
            return result
        }
        if survey.parts.isEmpty, tombstone == nil, checkpoints.allSatisfy({ $0.next == nil && $0.bad == nil }) {
            throw .directory(
                path: directories.joined(separator: ", "),
                reason: "there is no journal in it: no segment and no checkpoint")
        }
        var run = VerificationRun(survey: survey, checkpoints: checkpoints, tombstone: tombstone)
        do throws(VerificationStop) {
            try run.verifyAll(progress)
        } catch {
            switch error {
            case .bad(let bad): run.result.firstBad = bad
            case .unreadable(let problem): throw problem
            }
        }
        return run.finished
    }

    private static func exists(_ path: String) -> Bool {
        (try? POSIXDisk().identity(at: path)) != nil
    }
}

/// Why a verification ends early.
enum VerificationStop: Error {
    case bad(BadRecord)
    case unreadable(JournalOpenError)
}
