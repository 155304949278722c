import RateLimiter
import Testing

@testable import RateLimiterReplay

@Suite struct ReplayOptionsTests {
    @Test(arguments: [
        ("100/1m", 100, 60_000), ("5/250ms", 5, 250), ("10/s", 10, 1000), ("1/2h", 1, 7_200_000), ("7/366d", 7, 31_622_400_000),
    ])
    func limit(text: String, count: Int, periodMs: Int64) throws {
        let limit = try RateLimitQuota(parsing: text)
        #expect(limit.count == count)
        #expect(limit.periodMs == periodMs)
        #expect(try RateLimitQuota(parsing: limit.description) == limit)
    }

    @Test(arguments: [
        "", "100", "/1m", "0/1m", "-1/1m", "100/", "100/1", "100/1y", "100/0s", "100/367d", "1e3/1m", "100/1m/2", " 1/1m", "١/1m",
        "99999999999999999999/1m", "1/99999999999999999999d", "1/9999999999999999d",
    ])
    func invalidLimit(text: String) {
        let error = #expect(throws: RateLimiterError.self) { try RateLimitQuota(parsing: text) }
        #expect(error?.description.hasSuffix(".") == true)
    }

    @Test func keys() throws {
        let bytes = Array(AccessLogLineTests.combined.utf8)
        let line = try AccessLogLine(parsing: bytes[...])
        #expect(try ReplayKey(parsing: "ip").value(for: line) == "83.149.9.216")
        #expect(try ReplayKey(parsing: "user+path").value(for: line) == "alice\n/a/b.png")
        let anonymous = try AccessLogLine(parsing: Array(AccessLogLineTests.common.utf8)[...])
        #expect(try ReplayKey(parsing: "user").value(for: anonymous) == nil)
        #expect(try ReplayKey(parsing: "agent").value(for: anonymous) == nil)
        #expect(try ReplayKey(parsing: "ip+agent").value(for: anonymous) == "2001:db8::1\n-")
    }

    @Test(arguments: ["", "IP", "cookie", "ip+", "ip+ip", "ip path"])
    func invalidKey(text: String) {
        let error = #expect(throws: ReplayError.self) { try ReplayKey(parsing: text) }
        #expect(error?.code == .invalidKey)
    }

    @Test func longKeysStayApartAndShort() throws {
        func key(_ agent: String) throws -> String? {
            let line = #"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "\#(agent)""#
            return try ReplayKey(parsing: "agent").value(for: AccessLogLine(parsing: Array(line.utf8)[...]))
        }
        for shift in 0..<4 {
            let long = String(repeating: "x", count: shift) + String(repeating: "€😀", count: 5000)
            let (first, second) = try (key(long + "1"), key(long + "2"))
            #expect(first != second)
            #expect(first?.utf8.count ?? 0 <= ReplayKey.longestKey)
            #expect(first?.contains("\u{fffd}") == false)
        }
    }
}
