import Foundation
import Testing

@testable import RateLimiter

@Suite("A policy")
struct RateLimitPolicyTests {
    private func field(of body: () throws -> RateLimitPolicy) -> String? {
        do {
            _ = try body()
            return nil
        } catch RateLimiterError.invalidPolicy(let field, let reason) {
            return reason.isEmpty ? "no reason" : field
        } catch {
            return "another error: \(error)"
        }
    }

    @Test("Every field has bounds, and the error names the field")
    func bounds() {
        let most = 1 << 26
        let year = 366 * 24 * 3_600_000
        typealias Policy = RateLimitPolicy
        #expect(field { try Policy(name: "a", capacity: 1, refillPeriodMs: 1) } == nil)
        #expect(field { try Policy(name: String(repeating: "z", count: 64), capacity: most, refillPeriodMs: year) } == nil)
        #expect(
            field { try Policy(name: "AZaz09._-", algorithm: .slidingWindow, capacity: 100_000, refillPeriodMs: year) } == nil)
        #expect(
            field { try Policy(name: "a", algorithm: .fixedWindow, capacity: most, refillTokens: most, refillPeriodMs: 1) } == nil
        )

        for name in ["", String(repeating: "z", count: 65), "a b", "a/b", "a:b", "ä", "\u{212A}", "a\n", "{a}", "a\u{0}"] {
            #expect(field { try Policy(name: name, capacity: 1, refillPeriodMs: 1) } == "name", "\(name)")
        }
        for capacity in [0, -1, .min, most + 1, .max] {
            #expect(field { try Policy(name: "a", capacity: capacity, refillTokens: 1, refillPeriodMs: 1) } == "capacity")
        }
        #expect(field { try Policy(name: "a", algorithm: .slidingWindow, capacity: 100_001, refillPeriodMs: 1) } == "capacity")
        for tokens in [0, -1, .min, most + 1, .max] {
            #expect(field { try Policy(name: "a", capacity: 1, refillTokens: tokens, refillPeriodMs: 1) } == "refillTokens")
        }
        for period in [0, -1, .min, year + 1, .max] {
            #expect(field { try Policy(name: "a", capacity: 1, refillPeriodMs: period) } == "refillPeriodMs")
        }
        // Longer than the scripts can count.
        #expect(field { try Policy(name: "a", capacity: most, refillTokens: 1, refillPeriodMs: year) } == "refillTokens")
    }

    @Test("What it says of itself in a header: the seconds in which the capacity refills, rounded up")
    func window() throws {
        #expect(try RateLimitPolicy(name: "a", capacity: 5, refillPeriodMs: 60_000).windowSeconds == 60)
        #expect(try RateLimitPolicy(name: "a", capacity: 10, refillTokens: 3, refillPeriodMs: 1000).windowSeconds == 4)
        #expect(try RateLimitPolicy(name: "a", capacity: 1, refillPeriodMs: 1).windowSeconds == 1)
        #expect(try RateLimitPolicy(name: "a", algorithm: .slidingWindow, capacity: 9, refillPeriodMs: 1001).windowSeconds == 2)
        let largest = try RateLimitPolicy(name: "a", capacity: 1 << 26, refillPeriodMs: 366 * 24 * 3_600_000)
        #expect(largest.windowSeconds == 366 * 24 * 3600)
    }

    @Test("Shares of several instances never add up to more, unless it is less than one for each")
    func shares() throws {
        for capacity in [1, 2, 3, 10, 100, 1001] {
            for instances in 1...7 {
                let policy = try RateLimitPolicy(name: "a", capacity: capacity, refillTokens: 7, refillPeriodMs: 1000)
                let share = policy.share(of: instances)
                #expect(share.capacity >= 1)
                #expect(share.capacity * instances <= max(capacity, instances))
                // Rates as fractions: together exactly the whole.
                #expect(share.refillTokens * policy.refillPeriodMs * instances == policy.refillTokens * share.refillPeriodMs)
            }
        }
        let log = try RateLimitPolicy(name: "a", algorithm: .slidingWindow, capacity: 100_000, refillPeriodMs: 1000)
        #expect(log.share(of: 3).capacity == 1000)
        #expect(log.share(of: 3).refillPeriodMs == 1000)
        #expect(log.share(of: 0).capacity == 1000)
    }

    // MARK: As text

    private func decode(_ json: String) throws -> RateLimitPolicy {
        try JSONDecoder().decode(RateLimitPolicy.self, from: Data(json.utf8))
    }

    @Test("It reads back as it was written")
    func roundTrip() throws {
        for algorithm in RateLimitPolicy.Algorithm.allCases {
            for rule in RateLimitPolicy.FailureRule.allCases {
                let policy = try RateLimitPolicy(
                    name: "a.b-c_D9", algorithm: algorithm, capacity: 77, refillTokens: 5, refillPeriodMs: 12_345,
                    onRedisFailure: rule, shadow: rule == .deny)
                #expect(try JSONDecoder().decode(RateLimitPolicy.self, from: JSONEncoder().encode(policy)) == policy)
            }
        }
    }

    @Test("What may be left out has its default")
    func defaults() throws {
        let policy = try decode(#"{"name":"login","capacity":5,"refillPeriodMs":60000}"#)
        let written = try RateLimitPolicy(
            name: "login", algorithm: .tokenBucket, capacity: 5, refillTokens: 5, refillPeriodMs: 60_000,
            onRedisFailure: .local, shadow: false)
        #expect(policy == written)
        #expect(try decode(#"{"name":"login","capacity":5,"refillPeriodMs":60000,"refillTokens":null,"shadow":null}"#) == policy)
    }

    @Test(
        "What is wrong is named",
        arguments: [
            (#"{"capacity":5,"refillPeriodMs":1}"#, "name"),
            (#"{"name":7,"capacity":5,"refillPeriodMs":1}"#, "name"),
            (#"{"name":"a","refillPeriodMs":1}"#, "capacity"),
            (#"{"name":"a","capacity":null,"refillPeriodMs":1}"#, "capacity"),
            (#"{"name":"a","capacity":"5","refillPeriodMs":1}"#, "capacity"),
            (#"{"name":"a","capacity":5.5,"refillPeriodMs":1}"#, "capacity"),
            (#"{"name":"a","capacity":true,"refillPeriodMs":1}"#, "capacity"),
            (#"{"name":"a","capacity":99999999999999999999,"refillPeriodMs":1}"#, "capacity"),
            (#"{"name":"a","capacity":5}"#, "refillPeriodMs"),
            (#"{"name":"a","capacity":5,"refillPeriodMs":[1]}"#, "refillPeriodMs"),
            (#"{"name":"a","capacity":5,"refillPeriodMs":1,"refillTokens":"x"}"#, "refillTokens"),
            (#"{"name":"a","capacity":5,"refillPeriodMs":1,"refillTokens":0}"#, "refillTokens"),
            (#"{"name":"a","capacity":5,"refillPeriodMs":1,"algorithm":"leaky"}"#, "algorithm"),
            (#"{"name":"a","capacity":5,"refillPeriodMs":1,"algorithm":1}"#, "algorithm"),
            (#"{"name":"a","capacity":5,"refillPeriodMs":1,"onRedisFailure":"open"}"#, "onRedisFailure"),
            (#"{"name":"a","capacity":5,"refillPeriodMs":1,"shadow":"yes"}"#, "shadow"),
            (#"{"name":"a","capacity":5,"refillPeriodMs":1,"refilTokens":5}"#, "refilTokens"),
            (#"{"name":"a","capacity":5,"refillPeriodMs":1,"Capacity":5}"#, "Capacity"),
        ])
    func invalidText(json: String, wrong: String) {
        #expect(field { try decode(json) } == wrong)
    }

    @Test("A name that comes from elsewhere must not be contradicted")
    func draft() throws {
        func draft(_ json: String) throws -> RateLimitPolicy.Draft {
            try JSONDecoder().decode(RateLimitPolicy.Draft.self, from: Data(json.utf8))
        }
        let unnamed = try draft(#"{"capacity":5,"refillPeriodMs":1}"#)
        #expect(try unnamed.policy(named: "login").name == "login")
        #expect(field { try unnamed.policy(named: "lo gin") } == "name")
        let named = try draft(#"{"name":"login","capacity":5,"refillPeriodMs":1}"#)
        #expect(try named.policy(named: "login").name == "login")
        #expect(field { try named.policy(named: "logout") } == "name")
    }
}
