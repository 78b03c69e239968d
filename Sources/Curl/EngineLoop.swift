// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import CCurl
import DequeModule
import NIOCore

/// What happens on the engine's thread: take submissions, let libcurl work, hand results back in batches.
final class EngineLoop {
    /// How often a request may meet an unclean pooled connection before it gets a new one.
    private static let maximumStaleConnections = 3

    /// How often the queue is searched for requests whose turn did not come in time.
    private static let expiryInterval: TimeAmount = .milliseconds(100)

    private struct Running {
        var submission: Mailbox.Submission
        var staleConnections = 0
    }

    private let handle: LoopHandle
    private let settings: EngineSettings
    private var transfers: [OpaquePointer] = []
    private var running: [Running?] = []
    /// By transfer: which of the resolver's answers libcurl got with it.
    private var resolvedGenerations: [Int] = []
    private var idle: [Int] = []
    private var waiting: Deque<Mailbox.Submission> = []
    private var nextExpiry = NIODeadline.now()
    private var deliveries = Deliveries()
    private var statistics = EngineStatistics()
    private let resolver: Resolver?

    init(handle: LoopHandle, settings: EngineSettings) {
        self.handle = handle
        self.settings = settings
        // "localhost" and addresses need no resolver: libcurl knows them.
        resolver = settings.origin.isAddress || settings.origin.isLoopback ? nil : Resolver(settings.origin)
    }

    func run(_ mailbox: Mailbox) {
        var buffer: [Mailbox.Submission] = []
        while mailbox.take(into: &buffer) {
            collect()
            deliveries.send()
            accept(buffer)
            buffer.removeAll(keepingCapacity: true)
            startWaiting()
            ccurl_loop_advance(handle.pointer)
            // What failed without waiting for anything: no event will tell of it.
            collect()
            expireWaiting()
            publish()
            deliveries.send()
            ccurl_loop_wait(handle.pointer, timeout(isParked: mailbox.park()))
        }
        end(buffer)
    }

    // MARK: Beginning

    private func accept(_ submissions: [Mailbox.Submission]) {
        for submission in submissions {
            if waiting.count < settings.maximumWaiting + idle.count + unmadeTransfers {
                waiting.append(submission)
            } else {
                fail(submission, .overloaded, "\(settings.maximumWaiting) requests wait for a connection")
            }
        }
    }

    private var unmadeTransfers: Int { settings.maximumConnections - transfers.count }

    private func startWaiting() {
        let now = NIODeadline.now()
        while !waiting.isEmpty, let index = idleTransfer() {
            let submission = waiting.removeFirst()
            guard submission.request.deadline > now else {
                idle.append(index)
                fail(submission, .overloaded, "no connection became free in time")
                continue
            }
            begin(submission, on: index, now: now)
        }
    }

    /// Transfers are made when they are first needed and kept for good.
    private func idleTransfer() -> Int? {
        if let index = idle.popLast() { return index }
        guard unmadeTransfers > 0, let made = ccurl_transfer_create(handle.pointer, UInt32(transfers.count)) else {
            return nil
        }
        transfers.append(made)
        running.append(nil)
        resolvedGenerations.append(0)
        return transfers.count - 1
    }

    private func begin(_ submission: Mailbox.Submission, on index: Int, now: NIODeadline) {
        let transfer = transfers[index]
        guard useResolved(transfer, index) else {
            idle.append(index)
            fail(submission, .unreachable, "no name server has told the upstream's address yet")
            return
        }
        guard submission.request.begin(transfer, timeout: milliseconds(until: submission.request.deadline, now)) else {
            idle.append(index)
            fail(submission, .outOfMemory, "libcurl did not take the request")
            return
        }
        running[index] = Running(submission: submission)
        statistics.running += 1
    }

    /// False when there is no address: libcurl must not look for one, because it would stop the thread to wait for it.
    private func useResolved(_ transfer: OpaquePointer, _ index: Int) -> Bool {
        guard let resolver else { return true }
        guard let (entry, generation) = resolver.newest else { return false }
        guard generation != resolvedGenerations[index] else { return true }
        guard ccurl_transfer_resolve(transfer, entry) else { return false }
        resolvedGenerations[index] = generation
        return true
    }

    private func milliseconds(until deadline: NIODeadline, _ now: NIODeadline) -> Int {
        max(1, Int((deadline - now).nanoseconds / 1_000_000))
    }

    // MARK: Waiting

    private func timeout(isParked: Bool) -> Int32 {
        guard isParked, waiting.isEmpty || idle.isEmpty else { return 0 }
        return waiting.isEmpty ? -1 : Int32(Self.expiryInterval.nanoseconds / 1_000_000)
    }

    private func expireWaiting() {
        let now = NIODeadline.now()
        guard !waiting.isEmpty, now >= nextExpiry else { return }
        nextExpiry = now + Self.expiryInterval
        let expired = waiting.filter { $0.request.deadline <= now }
        guard !expired.isEmpty else { return }
        waiting.removeAll { $0.request.deadline <= now }
        for submission in expired { fail(submission, .overloaded, "no connection became free in time") }
    }

    // MARK: Ending

    private func collect() {
        var result = ccurl_result()
        while let transfer = ccurl_loop_next_finished(handle.pointer, &result) {
            let index = Int(ccurl_transfer_index(transfer))
            guard let ended = running[index] else { preconditionFailure("a transfer ended that was not begun") }
            if result.reason == CCURL_REASON_STALE && retryAfterStale(ended, on: index) { continue }
            statistics.transfers += 1
            statistics.running -= 1
            if result.reused_connection { statistics.reusedConnections += 1 }
            deliveries.add(Self.outcome(result), to: ended.submission.receiver)
            ccurl_transfer_forget(transfer)
            running[index] = nil
            idle.append(index)
        }
    }

    /// Nothing was sent, so the same signed bytes go out on another connection.
    private func retryAfterStale(_ ended: Running, on index: Int) -> Bool {
        statistics.staleConnections += 1
        let now = NIODeadline.now()
        let deadline = ended.submission.request.deadline
        guard ended.staleConnections <= Self.maximumStaleConnections, deadline > now else { return false }
        running[index]?.staleConnections += 1
        let needsFresh = ended.staleConnections + 1 >= Self.maximumStaleConnections
        return ccurl_transfer_again(transfers[index], needsFresh, milliseconds(until: deadline, now))
    }

    private static func outcome(_ result: ccurl_result) -> Result<TransferResponse, TransferFailure> {
        // An answer has a final status (RFC 9110 section 15); libcurl takes 101 and numbers below 100 for one.
        guard result.code == 0, result.status >= 200 else { return .failure(TransferFailure(result)) }
        let head = UnsafeRawBufferPointer(start: result.head, count: result.head_size)
        return .success(
            TransferResponse(
                status: Int(result.status),
                head: AnswerHead(bytes: Array(head)),
                body: ByteBuffer(bytes: UnsafeRawBufferPointer(start: result.body, count: result.body_size)),
                times: TransferTimes(
                    connected: .microseconds(result.connected_us),
                    firstByte: .microseconds(result.first_byte_us),
                    total: .microseconds(result.total_us)),
                reusedConnection: result.reused_connection))
    }

    private func fail(_ submission: Mailbox.Submission, _ kind: TransferFailure.Kind, _ detail: String) {
        deliveries.add(.failure(TransferFailure(kind, .notSent, detail)), to: submission.receiver)
    }

    private func publish() {
        statistics.waiting = waiting.count
        statistics.idleTrips = ccurl_loop_idle_trips(handle.pointer)
        statistics.openConnections = Int(ccurl_loop_open_connections(handle.pointer))
        handle.publish(statistics)
    }

    private func end(_ submissions: [Mailbox.Submission]) {
        for submission in Array(waiting) + submissions { fail(submission, .shuttingDown, "") }
        for (index, ended) in running.enumerated() {
            guard let ended else { continue }
            ccurl_transfer_cancel(transfers[index])
            deliveries.add(.failure(TransferFailure(.shuttingDown, .unknown)), to: ended.submission.receiver)
        }
        for transfer in transfers { ccurl_transfer_destroy(transfer) }
        ccurl_loop_close(handle.pointer)
        statistics.running = 0
        waiting = []
        publish()
        resolver?.stop()
        deliveries.send()
    }
}

extension TransferRequest {
    /// Copies the request into the C transfer and starts it. `timeout` in milliseconds.
    fileprivate func begin(_ transfer: OpaquePointer, timeout: Int) -> Bool {
        precondition(method.utf8.allSatisfy(\.isToken) && !method.isEmpty, "a method that is no token")
        return target.withUnsafeBytesAndZero { target in
            headers.bytes.withUnsafeBytes { lines in
                method.withCString { method in
                    var raw = ccurl_request()
                    raw.method = method
                    raw.target = target
                    raw.header_lines = lines.baseAddress?.assumingMemoryBound(to: CChar.self)
                    raw.header_lines_size = lines.count
                    raw.header_count = headers.count
                    raw.timeout_ms = timeout
                    raw.required_sequence = requiredSequence
                    guard let body else { return ccurl_transfer_begin(transfer, &raw) }
                    return body.withUnsafeReadableBytes { bytes in
                        // An empty body is a body too: it is sent with `Content-Length: 0`.
                        withUnsafePointer(to: 0 as UInt8) { nothing in
                            raw.body = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nothing
                            raw.body_size = bytes.count
                            return ccurl_transfer_begin(transfer, &raw)
                        }
                    }
                }
            }
        }
    }
}

extension [UInt8] {
    /// As a C string. The bytes are visible ASCII: a target was percent-encoded. libcurl would send others too.
    fileprivate func withUnsafeBytesAndZero<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
        precondition(allSatisfy { $0 > 0x20 && $0 < 0x7F } && !isEmpty, "a request target that was not percent-encoded")
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { buffer in
            for (index, byte) in enumerated() { buffer[index] = CChar(bitPattern: byte) }
            buffer[count] = 0
            guard let start = buffer.baseAddress else { preconditionFailure("an allocation without an address") }
            return body(start)
        }
    }
}
