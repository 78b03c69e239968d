// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Gateway

/// The journal's part of `/metrics`.
struct JournalMetrics {
    let text: String

    init(_ status: JournalStatus) {
        var writer = PrometheusWriter()
        func family(_ name: String, _ kind: String, _ help: String, _ value: String) {
            writer.family("wego_gateway_audit_\(name)", kind, help)
            writer.sample([], value)
        }
        let counts = status.counts
        family(
            "available", "gauge", "1 while the journal records, 0 while calls are refused.",
            status.health == .available ? "1" : "0")
        family("records_total", "counter", "Records appended.", "\(counts.appended)")
        family("refused_total", "counter", "Appends refused.", "\(counts.refused)")
        family("open_intents", "gauge", "Calls in flight, by the journal.", "\(status.openIntents)")
        family(
            "durable_lag_records", "gauge", "Records that are not known to be on the device yet.",
            "\(status.sequence - min(status.sequence, status.durableSequence))")
        family(
            "unsigned_records", "gauge", "Durable records without a signed checkpoint.",
            "\(status.durableSequence - min(status.durableSequence, status.checkpointed))")
        family("writes_total", "counter", "Writes to segments.", "\(counts.writes)")
        family("syncs_total", "counter", "Syncs of segments.", "\(counts.syncs)")
        family("sync_seconds_total", "counter", "Time that syncs took.", Self.seconds(counts.syncMicroseconds))
        family(
            "longest_sync_seconds", "gauge", "The longest sync since the start.",
            Self.seconds(counts.longestSyncMicroseconds))
        family("segments_total", "counter", "Segments begun.", "\(counts.segments)")
        family(
            "fallback_segments_total", "counter", "Segments begun in the second directory.",
            "\(counts.fallbackSegments)")
        family("failed_segments_total", "counter", "Segments given up after an error.", "\(counts.failedSegments)")
        family("failed_checkpoints_total", "counter", "Checkpoints not written.", "\(counts.failedCheckpoints)")
        text = writer.text
    }

    private static func seconds(_ microseconds: UInt64) -> String { "\(Double(microseconds) / 1e6)" }
}
