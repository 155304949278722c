import Testing

@testable import RateLimiter

@Suite("The answer to several checks")
struct RateLimitVerdictTests {
    private func decision(
        remaining: Int, retryAfter: Int? = nil, resetAfter: Int = 0, shadow: Bool = false
    ) throws -> RateLimitDecision {
        RateLimitDecision(
            policy: try RateLimitPolicy(name: "p", capacity: 10, refillPeriodMs: 1000, shadow: shadow),
            isWithinLimit: retryAfter == nil,
            remaining: remaining, retryAfterMicroseconds: retryAfter, resetAfterMicroseconds: resetAfter, decidedBy: .redis)
    }

    @Test("The tightest is the last that lets the caller pass, or else the closest to its limit")
    func tightest() throws {
        let (plenty, little) = (try decision(remaining: 9), try decision(remaining: 2))
        let (soon, late) = (try decision(remaining: 0, retryAfter: 5), try decision(remaining: 4, retryAfter: 900))
        let dark = try decision(remaining: 0, retryAfter: 9_999_999, shadow: true)
        func tightest(_ decisions: RateLimitDecision...) -> RateLimitDecision? {
            RateLimitVerdict(allowed: decisions.allSatisfy(\.allowed), decisions: decisions).tightest
        }
        #expect(tightest(plenty, little) == little)
        #expect(tightest(little, plenty) == little)
        #expect(tightest(soon, late, plenty) == late)
        #expect(tightest(late, dark, soon) == late, "a shadow policy makes nobody wait")
        #expect(tightest(plenty, dark) == dark)
        #expect(tightest() == nil)
    }

    @Test("A shadow policy lets pass, and says what it would have done")
    func shadow() throws {
        let dark = try decision(remaining: 0, retryAfter: 5, shadow: true)
        #expect(dark.allowed && !dark.isWithinLimit && dark.limit == 10)
        #expect(try !decision(remaining: 0, retryAfter: 5).allowed)
        #expect(try decision(remaining: 0).allowed)
    }
}
