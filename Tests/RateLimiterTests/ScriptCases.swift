import TestSupport

@testable import RateLimiter

/// Policies and histories for property tests of the algorithms.
enum ScriptCases {
    static let epoch = 1_750_000_000_000_000
    private static let latest = 4_000_000_000_000_000
    private static let day = 24 * 3_600_000

    /// Odd rates, and those at the bounds of what a policy may be.
    static func tokenBuckets(_ random: inout SeededGenerator) throws -> [RateLimitPolicy] {
        let most = RateLimitPolicy.maximumCapacity
        var cases: [(capacity: Int, refill: Int, periodMs: Int)] = [
            (5, 7, 60_000), (1, 1, day), (100, 999_983, 366 * day), (1, 1, 1), (3, 1, 1), (most, most, 1),
            (most, most - 1, 366 * day), (most, most, day), (1000, 1_000_003, 1), (10, 2003, 1), (7, 3, 1000),
            (140, 1, 366 * day),
        ]
        for _ in 0..<12 {
            cases.append((random.magnitude(upTo: 1 << 20), random.magnitude(upTo: most), random.magnitude(upTo: 30 * day)))
        }
        return try cases.compactMap { value in
            let isInRange = Double(value.capacity) * Double(value.periodMs) * 1000 / Double(value.refill) <= Double(1 << 52)
            guard isInRange else { return nil }
            return try RateLimitPolicy(
                name: "p", capacity: value.capacity, refillTokens: value.refill, refillPeriodMs: value.periodMs)
        }
    }

    static func windows(_ algorithm: RateLimitPolicy.Algorithm, _ random: inout SeededGenerator) throws -> [RateLimitPolicy] {
        var cases = [(1, 1), (7, 60_000), (3, 366 * day), (40, 1), (40, 333)]
        for _ in 0..<5 { cases.append((Int.random(in: 1...40, using: &random), random.magnitude(upTo: 30 * day))) }
        return try cases.map { try RateLimitPolicy(name: "p", algorithm: algorithm, capacity: $0.0, refillPeriodMs: $0.1) }
    }

    static func policies(_ algorithm: RateLimitPolicy.Algorithm, _ random: inout SeededGenerator) throws -> [RateLimitPolicy] {
        algorithm == .tokenBucket ? try tokenBuckets(&random) : try windows(algorithm, &random)
    }

    static func cost(of policy: RateLimitPolicy, _ random: inout SeededGenerator) -> Int {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: policy.capacity
        case 1..<4: 1
        default: random.magnitude(upTo: policy.capacity)
        }
    }

    /// The moment of the next step: often on the edge of what was promised, sometimes where no sane clock goes.
    static func moment(
        after now: Int, promised last: RateLimitOutcome?, of policy: RateLimitPolicy, _ random: inout SeededGenerator
    ) -> Int {
        let token = max(1, policy.refillPeriodMicroseconds / policy.refillTokens)
        let next =
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<15: now
            case 15..<25: now + 1
            case 25..<40: now + (last?.retryAfter ?? 0)
            case 40..<50: now + max(0, (last?.retryAfter ?? 1) - 1)
            case 50..<55: now + (last?.resetAfter ?? 0)
            case 55..<60: now + max(0, (last?.resetAfter ?? 1) - 1)
            case 60..<80: now + Int.random(in: 0...token, using: &random)
            case 80..<92: now + random.magnitude(upTo: policy.refillPeriodMicroseconds)
            case 92..<96: now - Int.random(in: 1...10, using: &random)
            case 96..<98: now - Int.random(in: 1...10, using: &random) * 3_600_000_000
            default: now + Int.random(in: 1...10, using: &random) * 366 * day * 1000
            }
        return next > latest || next < epoch / 2 ? epoch : next
    }
}

extension SeededGenerator {
    /// Small numbers as often as large ones: 1 to `most`, even in the number of bits.
    mutating func magnitude(upTo most: Int) -> Int {
        let bits = Int.random(in: 0...(Int.bitWidth - most.leadingZeroBitCount), using: &self)
        return Int.random(in: 1...max(1, min(most, 1 << bits)), using: &self)
    }
}
