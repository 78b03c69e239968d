// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import RateLimits
import Testing

@testable import Gateway

struct HopByHopTests {
    private func fields(_ lines: [String], keepingLength: Bool = false) -> [String] {
        let head = AnswerHead(bytes: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        var fields: [String] = []
        HopByHop(head).forEachEndToEnd(keepingLength: keepingLength) { name, value in
            fields.append("\(String(decoding: name, as: UTF8.self)): \(String(decoding: value, as: UTF8.self))")
        }
        return fields
    }

    @Test(arguments: [
        "Connection: close", "Keep-Alive: timeout=5", "Proxy-Authenticate: x", "Proxy-Authorization: x",
        "Proxy-Connection: x", "TE: trailers", "Trailer: x", "Transfer-Encoding: chunked", "UPGRADE: h2c",
        "content-length: 1",
        "Set-Cookie: a=b", "set-cookie2: a=b", "Wego-Gateway-Request-Id: forged", "wego-gateway-error-source: gateway",
        "WEGO-GATEWAY-Anything: x",
    ])
    func withholds(_ line: String) {
        #expect(fields([line, "X: 1"]) == ["X: 1"])
    }

    @Test(arguments: [
        "Content-Type: a/b", "ETag: \"x\"", "Location: /x", "Link: <x>", "Wego-Gateway: x", "X-Set-Cookie: x",
        "Retry-After: 1",
    ])
    func passesOn(_ line: String) {
        #expect(fields([line]) == [line])
    }

    @Test func withholdsWhatConnectionNames() {
        #expect(
            fields([
                "Connection: close, X-One", "X-One: 1", "x-two: 2", "X-Three: 3", "Connection: keep-alive,\tX-Two ",
            ])
                == ["X-Three: 3"])
    }

    @Test func keepsTheLengthForHead() {
        #expect(fields(["Content-Length: 5"], keepingLength: true) == ["Content-Length: 5"])
    }

    @Test func dropsWhatIsNoField() {
        #expect(fields(["X: 1", " folded", "Bad Name: 1", "Y: a\u{0}b", ": z", "Z: 2"]) == ["X: 1", "Z: 2"])
    }
}

struct RateLimitFieldsTests {
    @Test func writesTheMostConstrainedFirst() {
        let limiter = Limiter()
        let subjects = LimitSubjects(
            homeUser: LimitSubject(
                LimitKey(.homeUser, tenant: "t", name: "a"),
                LimitPolicy(windows: [
                    RateWindow(permits: 60, period: .seconds(60), burst: 10),
                    RateWindow(permits: 5, period: .seconds(86_400), burst: 2),
                ])),
            caller: LimitSubject(
                LimitKey(.caller, tenant: "t", name: "c"),
                LimitPolicy(rate: RateWindow(permits: 120, period: .seconds(60), burst: 4))),
            consumer: LimitSubject(LimitKey(.consumer, tenant: "t", name: "m"), LimitPolicy(concurrency: 5)))
        #expect(limiter.admit(LimitRequest(subjects), now: 0).isAdmitted)
        var buffer = ByteBuffer()
        RateLimitFields.write(limiter.standing(of: subjects, now: 0), into: &buffer)
        #expect(
            String(buffer: buffer) == """
                RateLimit: "home-user-day";r=1;t=17280, "caller";r=3;t=1, "consumer-concurrency";r=4, \
                "home-user";r=9;t=1\r
                RateLimit-Policy: "home-user-day";q=5;w=86400;wego-burst=2, "caller";q=120;w=60;wego-burst=4, \
                "consumer-concurrency";q=5;qu="concurrent-requests", "home-user";q=60;w=60;wego-burst=10\r

                """)
    }

    @Test func leavesOutWhatIsNotSo() {
        let policy = LimitPolicy(rate: RateWindow(permits: 5, period: .seconds(60), burst: 5))
        let user = LimitSubjects(homeUser: LimitSubject(LimitKey(.homeUser, tenant: "t", name: "a"), policy))
        var buffer = ByteBuffer()
        RateLimitFields.write(Limiter().standing(of: user, now: 0), into: &buffer)
        let expected = #"RateLimit: "home-user";r=5|RateLimit-Policy: "home-user";q=5;w=60|"#
        #expect(String(buffer: buffer) == expected.replacing("|", with: "\r\n"))
    }

    @Test func tellsOfASharesEndAndNotOfItsQuota() {
        let share = LimitViolation(.consumer, .fairShare)
        let standing = LimitStanding([LimitState(usedUp: share, nextSeconds: 3)])
        let refusal = LimitRefusal([share], retryAfterSeconds: 3, standing: standing)
        #expect(refusal.policies == ["consumer-fair-share"])
        var buffer = ByteBuffer()
        RateLimitFields.write(refusal.standing, into: &buffer)
        #expect(String(buffer: buffer) == "RateLimit: \"consumer-fair-share\";r=0;t=3\r\n")
    }

    @Test func writesNothingWithoutLimits() {
        var buffer = ByteBuffer()
        RateLimitFields.write(LimitStanding(), into: &buffer)
        #expect(buffer.readableBytes == 0)
    }
}

struct PrometheusWriterTests {
    @Test func writesFamiliesAndSamples() {
        var text = PrometheusWriter()
        text.family("up", "gauge", "Whether it is.")
        text.sample([], "1")
        text.sample([("a", "b"), ("c", "d")], suffix: "_total", "2")
        #expect(text.text == "# HELP up Whether it is.\n# TYPE up gauge\nup 1\nup_total{a=\"b\",c=\"d\"} 2\n")
    }

    @Test func writesHistogramsWithRisingBuckets() {
        var histogram = Histogram()
        histogram.add(nanoseconds: Int64(100_000))
        histogram.add(nanoseconds: Int64(100_001))
        histogram.add(nanoseconds: Int64(60_000_000_000))
        var text = PrometheusWriter()
        text.histograms("t", "T.", ["r": histogram])
        let lines = text.text.split(separator: "\n")
        #expect(lines.contains("t_bucket{route=\"r\",le=\"0.0001\"} 1"))
        #expect(lines.contains("t_bucket{route=\"r\",le=\"0.00025\"} 2"))
        #expect(lines.contains("t_bucket{route=\"r\",le=\"30.0\"} 2"))
        #expect(lines.contains("t_bucket{route=\"r\",le=\"+Inf\"} 3"))
        #expect(lines.contains("t_count{route=\"r\"} 3"))
    }
}
