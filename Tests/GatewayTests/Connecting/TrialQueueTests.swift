// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Synchronization
import Testing

@testable import Gateway

struct TrialQueueTests {
    private func key(_ name: String) throws -> TrialQueue.Key {
        TrialQueue.Key(
            HomeUser(
                tenant: try #require(TenantName("t")), name: try #require(HomeUserName(name)),
                consumer: try #require(ConsumerName("c")), isDeveloper: false, state: .active, reason: nil, since: 0,
                created: 0, credentialVersion: 1))
    }

    @Test func oneAtATimeInOrder() throws {
        let queue = TrialQueue()
        let log = Log()
        let (alice, bob) = (try key("alice"), try key("bob"))
        for number in 1...3 { queue.enter(alice) { log.add("alice \(number)") } }
        queue.enter(bob) { log.add("bob") }
        #expect(log.lines == ["alice 1", "bob"])
        queue.leave(alice)
        #expect(log.lines == ["alice 1", "bob", "alice 2"])
        #expect(!queue.enterIfFree(alice))
        queue.leave(alice)
        queue.leave(alice)
        #expect(log.lines.last == "alice 3")
        #expect(queue.enterIfFree(alice))
        queue.leave(alice)
    }

    private final class Log: Sendable {
        private let kept = Mutex<[String]>([])
        var lines: [String] { kept.withLock { $0 } }
        func add(_ line: String) { kept.withLock { $0.append(line) } }
    }
}
