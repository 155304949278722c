import Foundation
import TestSupport
import Testing

/// `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11, and `Retry-After`.
@Suite(.service(.rateLimiter), .serialized)
struct HeaderTests {
    @Test func `they have the draft's form`() async throws {
        let service = try RunningService.shared
        try await service.put("login", #""capacity":5,"refillPeriodMs":60000"#)
        let post = try await service.post("login", "user:42")
        #expect(post["RateLimit-Policy"] == #""login";q=5;w=60"#)
        #expect(post["RateLimit"] == #""login";r=4;t=12"#)
        #expect(post["Retry-After"] == nil)
        let get = try await service.get("login", "user:43", cost: 5)
        #expect(get["RateLimit-Policy"] == #""login";q=5;w=60"#)
        #expect(get["RateLimit"] == #""login";r=0;t=60"#)
        let refused = try await service.get("login", "user:43")
        #expect(refused.status == 429)
        #expect(refused["RateLimit-Policy"] == #""login";q=5;w=60"#)
        #expect(refused["RateLimit"]?.wholeMatch(of: #/"login";r=0;t=(60|5\d)/#) != nil, "\(refused)")
        #expect(refused["Retry-After"]?.wholeMatch(of: #/1[0-2]|\d/#) != nil, "\(refused)")
    }

    @Test(arguments: [
        // Capacity, tokens, milliseconds; the seconds in which all of it refills, and those until one token is back.
        (5, 5, 60_000, 60, 12), (3, 2, 1000, 2, 1), (10, 1, 1001, 11, 2), (1, 1, 1, 1, 1), (100, 100, 1000, 1, 1),
        (7, 3, 10_000, 24, 4),
    ])
    func `seconds are rounded up`(_ capacity: Int, _ tokens: Int, _ period: Int, _ window: Int, _ reset: Int) async throws {
        let service = try RunningService.shared
        let policy = "rounded-\(capacity)-\(tokens)"
        try await service.put(policy, #""capacity":\#(capacity),"refillTokens":\#(tokens),"refillPeriodMs":\#(period)"#)
        let reply = try await service.get(policy, "a")
        #expect(reply["RateLimit-Policy"] == "\"\(policy)\";q=\(capacity);w=\(window)")
        #expect(reply["RateLimit"] == "\"\(policy)\";r=\(capacity - 1);t=\(reset)")
    }

    @Test(arguments: ["sliding-window", "fixed-window"])
    func `a window's length is the policy's, rounded up`(_ algorithm: String) async throws {
        let service = try RunningService.shared
        try await service.put(algorithm, #""algorithm":"\#(algorithm)","capacity":3,"refillPeriodMs":90500"#)
        let reply = try await service.get(algorithm, "a")
        #expect(reply["RateLimit-Policy"] == "\"\(algorithm)\";q=3;w=91")
        let reset = try #require(reply["RateLimit"]?.wholeMatch(of: #/"[a-z-]+";r=2;t=(\d+)/#).flatMap { Int($0.1) })
        #expect(algorithm == "sliding-window" ? reset == 91 : (1...91).contains(reset))
    }

    @Test(arguments: ["token-bucket", "sliding-window", "fixed-window"])
    func `waiting for Retry-After seconds succeeds`(_ algorithm: String) async throws {
        let service = try RunningService.shared
        let policy = "seconds-" + algorithm
        try await service.put(policy, #""algorithm":"\#(algorithm)","capacity":1,"refillPeriodMs":800"#)
        var refused: HTTPReply
        repeat { refused = try await service.get(policy, "a") } while refused.status == 200
        let seconds = try #require(refused["Retry-After"].flatMap { Int($0) })
        #expect(seconds == 1)
        let body: CheckAnswerBody = try refused.json()
        #expect((1...800).contains(body.retryAfterMs))
        // What the client was told, counted from the moment at which it was told.
        try await Task.sleep(for: .seconds(seconds))
        #expect(try await service.get(policy, "a").status == 200)
    }

    @Test(arguments: ["token-bucket", "sliding-window", "fixed-window"])
    func `waiting for retryAfterMs succeeds, whoever refused`(_ algorithm: String) async throws {
        let service = try RunningService.shared
        let policy = "milliseconds-" + algorithm
        try await service.put(policy, #""algorithm":"\#(algorithm)","capacity":2,"refillTokens":2,"refillPeriodMs":120"#)
        let connection = try await service.connect()
        var refusals: [String: Int] = [:]
        var round = 0
        let deadline = ContinuousClock.now + .seconds(30)
        // A busy machine may let a refusal pass away before memory can repeat it.
        while round < 12 || (refusals.count < 2 && ContinuousClock.now < deadline) {
            round += 1
            var refused: HTTPReply
            repeat { refused = try await connection.request("GET", "/v1/check/\(policy)/a") } while refused.status == 200
            // Some from memory, which refuses what Redis has refused just now.
            if round % 2 == 1 { refused = try await connection.request("GET", "/v1/check/\(policy)/a") }
            guard refused.status == 429 else { continue }
            let answer: CheckAnswerBody = try refused.json()
            refusals[answer.decidedBy, default: 0] += 1
            try await Task.sleep(for: .milliseconds(answer.retryAfterMs))
            let next = try await connection.request("GET", "/v1/check/\(policy)/a")
            #expect(next.status == 200, "round \(round): told \(refused), then \(next)")
        }
        #expect(refusals["redis", default: 0] > 0 && refusals["memory", default: 0] > 0, "\(refusals)")
    }

    @Test func `an answer carries each header once, and a date`() async throws {
        let service = try RunningService.shared
        for reply in [try await service.get("default", "once"), try await service.post("default", "once")] {
            for name in ["RateLimit", "RateLimit-Policy", "Content-Type", "Content-Length", "Date"] {
                #expect(reply.headers.count { $0.name.lowercased() == name.lowercased() } == 1, "\(name) in \(reply)")
            }
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(secondsFromGMT: 0)
            formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            let date = try #require(formatter.date(from: reply["Date"] ?? ""), "\(reply)")
            #expect(abs(date.timeIntervalSinceNow) < 30)
        }
    }
}
