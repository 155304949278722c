import RateLimiter
import RateLimiterReplay

/// Exact models of the three algorithms, in memory, simple enough to be seen to be right.
actor ModelDecider: ReplayDecider {
    private var models: [String: any Model] = [:]
    private let make: @Sendable () -> any Model

    init(_ make: @escaping @Sendable () -> any Model) {
        self.make = make
    }

    func decide(_ requests: [ReplayRequest]) -> [Bool] {
        requests.map { request in
            var model = models[request.key] ?? make()
            defer { models[request.key] = model }
            return model.admits(at: request.time)
        }
    }

    /// All three, in the order in which people compare them.
    static func all(_ limit: RateLimitQuota) -> [(name: String, decider: any ReplayDecider)] {
        let count = Int64(limit.count)
        let period = limit.periodMs * 1000
        return [
            ("token-bucket", ModelDecider { TokenBucket(capacity: count, period: period) }),
            ("sliding-window", ModelDecider { SlidingWindow(limit: limit.count, period: period) }),
            ("fixed-window", ModelDecider { FixedWindow(limit: limit.count, period: period) }),
        ]
    }
}

/// One key's limit.
protocol Model: Sendable {
    mutating func admits(at time: Int64) -> Bool
}

/// Counts in parts of a token, `period` of them to a token, so that nothing is rounded: each microsecond adds `capacity` parts.
struct TokenBucket: Model {
    let capacity: Int64
    let period: Int64
    private var parts: Int64
    private var last: Int64?

    init(capacity: Int64, period: Int64) {
        self.capacity = capacity
        self.period = period
        parts = capacity * period
    }

    mutating func admits(at time: Int64) -> Bool {
        if let last { parts = min(capacity * period, parts + min(time - last, period) * capacity) }
        last = time
        guard parts >= period else { return false }
        parts -= period
        return true
    }
}

struct SlidingWindow: Model {
    let limit: Int
    let period: Int64
    private var admitted: [Int64] = []

    init(limit: Int, period: Int64) {
        self.limit = limit
        self.period = period
    }

    mutating func admits(at time: Int64) -> Bool {
        admitted.removeAll { $0 <= time - period }
        guard admitted.count < limit else { return false }
        admitted.append(time)
        return true
    }
}

/// Windows begin at multiples of the period since 1970.
struct FixedWindow: Model {
    let limit: Int
    let period: Int64
    private var window: Int64 = -1
    private var count = 0

    init(limit: Int, period: Int64) {
        self.limit = limit
        self.period = period
    }

    mutating func admits(at time: Int64) -> Bool {
        if time / period != window { (window, count) = (time / period, 0) }
        guard count < limit else { return false }
        count += 1
        return true
    }
}
