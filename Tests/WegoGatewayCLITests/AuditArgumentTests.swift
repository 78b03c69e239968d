// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Settings
import Testing

@testable import WegoGatewayCLI

struct AuditArgumentTests {
    private static let now: Int64 = 1_787_304_600_000_001

    @Test(arguments: [
        ("2031-05-04", 1_935_619_200_000_000), ("2031-05-04T03:02:01Z", 1_935_630_121_000_000),
        ("2031-05-04T03:02:01.250Z", 1_935_630_121_250_000), ("2031-05-04T05:02:01+02:00", 1_935_630_121_000_000),
        ("2h", now - 7_200_000_000), ("7d", now - 604_800_000_000), ("0s", now),
    ])
    func readsMoments(text: String, microseconds: Int64) {
        #expect(MomentArgument.microseconds(text, now: Self.now) == microseconds)
    }

    @Test(arguments: ["", "yesterday", "2031", "2031-13-01", "2031-05-04T25:00:00Z", "2", "-2h", "1787304600"])
    func refusesWhatIsNoMoment(text: String) {
        #expect(MomentArgument.microseconds(text, now: Self.now) == nil)
    }

    @Test(arguments: [
        ("404", 404...404), ("400-499", 400...499), ("5xx", 500...599), ("2XX", 200...299), ("600", 600...600),
    ])
    func readsStatuses(text: String, range: ClosedRange<Int>) {
        #expect(StatusArgument.range(text) == range)
    }

    @Test(arguments: ["", "99", "499-400", "6xx", "0xx", "4xxx", "400-", "-400", "a", "400-500-600"])
    func refusesWhatIsNoStatus(text: String) {
        #expect(StatusArgument.range(text) == nil)
    }

    @Test func drawsProgress() {
        #expect(ProgressBar.line("Verifying", 50, of: 100) == "Verifying [###############               ] 50 %")
        #expect(ProgressBar.line("Verifying", 3, of: 0).hasSuffix("] 100 %"))
        #expect(ProgressBar.line("Verifying", 300, of: 100).hasSuffix("] 100 %"))
    }

    @Test func tellsWhichKeysOfTheConfigurationChanged() throws {
        let names = try #require(Pseudonyms(key: Array(repeating: 7, count: Pseudonyms.keyBytes)))
        var settings = GatewaySettings(baseDirectory: "/etc/wego")
        let before = ConfigurationRecord(settings, names).text
        #expect(ConfigurationRecord(settings, names).changes(since: before).isEmpty)
        let first = ConfigurationRecord(settings, names).changes(since: "")
        #expect(first.map(\.object) == [.configuration("(all keys)")] && first[0].old == nil && first[0].new != nil)
        settings.limits.caller.burst = 7
        settings.audit.durability = .paranoid
        let changes = ConfigurationRecord(settings, names).changes(
            since: before + "gone.key fp_\(String(repeating: "0", count: 32))\n")
        #expect(changes.map(\.object.name) == ["audit.durability", "gone.key", "limits.caller.burst"])
        #expect(changes[0].old != nil && changes[0].new != nil && changes[1].new == nil)
        #expect(!before.contains("1200/min"))
        #expect(ConfigurationRecord(settings, names).changes(since: "").map(\.new) != first.map(\.new))
    }

    @Test func tellsWhoeverRunsACommandWhatWentWrong() {
        let failed = JournalWarning.text(of: .checkpointFailed(path: "/copies", reason: "no space"))
        #expect(failed?.contains("/copies: no space") == true)
        #expect(JournalWarning.text(of: .needsAttention("Look.")) == "Look.")
        #expect(JournalWarning.text(of: .becameAvailable) == nil)
        #expect(JournalWarning.text(of: .segmentOpened(number: 1, path: "/a")) == nil)
        #expect(JournalWarning.text(refused: 0, isDurable: true) == nil)
        #expect(JournalWarning.text(refused: 3, isDurable: true)?.contains("3 records") == true)
        #expect(JournalWarning.text(refused: 0, isDurable: false) != nil)
    }

    @Test func theJournalIsToldItsSettings() {
        var settings = GatewaySettings(baseDirectory: "/etc/wego")
        settings.audit.secondDirectory = "/mnt/second"
        settings.listen.maxConnections = 4_000
        let configuration = JournalConfiguration(settings)
        #expect(configuration.directory == "/etc/wego/state/audit" && configuration.secondDirectory == "/mnt/second")
        #expect(configuration.keyFile == "/etc/wego/state/audit.key")
        #expect(configuration.bookmarkFile == "/etc/wego/state/audit.last")
        #expect(configuration.maximumOpenIntents == 4_064 && configuration.outcomeReserve >= 4_064 * 4_096)
    }
}
