// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Logging

/// One log line for each thing an operator should know about the journal. Called on the journal's threads.
struct JournalLog: Sendable {
    let logger: Logger

    func note(_ event: JournalEvent) {
        switch event {
        case .becameUnavailable(let problem):
            logger.error(
                "The audit journal is not available: calls are refused until it is.", metadata: metadata(problem))
        case .acceptsOutcomesOnly(let problem):
            logger.error(
                "The audit journal takes only the outcomes of calls in flight: new calls are refused.",
                metadata: metadata(problem))
        case .becameAvailable:
            logger.notice("The audit journal is available again.")
        case .segmentFailed(let number, let problem):
            logger.error(
                "A segment of the audit journal failed; what was not durable goes to the next one.",
                metadata: metadata(problem).merging(["segment": "\(number)"]) { old, _ in old })
        case .directoryRefused(let problem):
            logger.warning(
                "A directory of the audit journal does not take segments; they go to the second one until it does.",
                metadata: metadata(problem))
        case .segmentOpened(let number, let path):
            logger.info(
                "A segment of the audit journal begins.", metadata: ["segment": "\(number)", "path": "\(path)"])
        case .checkpointFailed(let path, let reason):
            logger.warning(
                "A checkpoint of the audit journal could not be written.",
                metadata: ["path": "\(path)", "reason": "\(reason)"])
        case .needsAttention(let sentence):
            logger.error("\(sentence)")
        }
    }

    private func metadata(_ problem: JournalProblem) -> Logger.Metadata {
        ["kind": "\(problem.kind.rawValue)", "path": "\(problem.path)", "reason": "\(problem.reason)"]
    }
}
