import EmbeddedRedis
@testable import Redis
import Synchronization
import TestSupport
import Testing

/// Many write and read a few keys while the tracking connection fails in every way.
@Suite(.timeLimit(.minutes(3))) struct EditStormTests {
    @Test func nobodySeesWhatWasOverwrittenLongAgo() async throws {
        try await withRelayedCache(configure: { $0.stallDeadline = .seconds(2) }) { cache, relay, direct, server in
            let storm = Storm(cache: cache)
            var random = SeededGenerator()
            try await withClient(of: server) { other in
                let workers =
                    (0..<4).map { index in Task { try await storm.write(through: index < 2 ? direct : other) } }
                    + (0..<6).map { _ in Task { try await storm.read() } }
                do {
                    for _ in 0..<8 {
                        let before = storm.counts
                        try await breakSomething(relay, direct, cache, using: &random)
                        try await eventually("the storm goes on; \(random)", within: .seconds(30)) {
                            storm.counts.writes > before.writes + 200 && storm.counts.hits > before.hits + 200
                        }
                    }
                } catch {
                    storm.stop()
                    throw error
                }
                storm.stop()
                for worker in workers { try await worker.value }
            }
            for violation in storm.counts.violations { Issue.record("\(violation); \(random)") }

            try await cache.catchUp(writingTo: direct)
            for key in storm.keys {
                let current = try await direct.get("cached:\(key)", as: String.self)
                #expect(try await cache.value(of: key) == current, "\(random)")
                try await eventually("\(random)") { cache.known(key) == .some(current) }
            }
            #expect(cache.readsUnderWay == 0)
        }
    }

    private func breakSomething(
        _ relay: Relay, _ direct: RedisClient, _ cache: TextCache, using random: inout SeededGenerator
    ) async throws {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: try await relay.cut(.tracking)
        case 1: _ = try await direct.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
        case 2:
            // Commands that were in flight go again.
            try await relay.cut(.commands)
        case 3:
            try await relay.hold(.tracking)
            try await eventually(within: .seconds(30)) { !cache.isTrusted }
            try await relay.release(.tracking)
        default:
            try await relay.hold(.tracking)
            try await relay.cut(.tracking)
            try await relay.release(.tracking)
        }
    }
}

/// Writers count keys up; readers check that what they are given was not overwritten too long ago.
private final class Storm: Sendable {
    struct Counts {
        var writes = 0
        var hits = 0
        var violations: [String] = []
    }
    private struct State {
        var counts = Counts()
        var isStopped = false
        /// When each version was acknowledged at the latest.
        var acknowledged: [RedisCacheKey: [Int: ContinuousClock.Instant]] = [:]
        var highest: [RedisCacheKey: Int] = [:]
    }

    let keys: [RedisCacheKey] = ["a", "b", "c", "d"]
    private let cache: TextCache
    private let state = Mutex(State())

    init(cache: TextCache) {
        self.cache = cache
    }

    var counts: Counts { state.withLock { $0.counts } }
    private var isStopped: Bool { state.withLock { $0.isStopped } }
    func stop() { state.withLock { $0.isStopped = true } }

    func write(through client: RedisClient) async throws {
        while !isStopped {
            guard let key = keys.randomElement() else { return }
            let version = try await client.increment("cached:\(key)")
            let now = ContinuousClock.now
            state.withLock { state in
                state.counts.writes += 1
                state.acknowledged[key, default: [:]][version] = now
                state.highest[key] = max(version, state.highest[key] ?? 0)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func read() async throws {
        while !isStopped {
            guard let key = keys.randomElement() else { return }
            let asked = ContinuousClock.now
            if let value = cache.known(key) {
                check(value, of: key, asked: asked, limit: TextCache.trustWindow, isHit: true)
            } else {
                // A reply can be late on a busy machine; nothing is promised of its way here.
                check(try await cache.value(of: key), of: key, asked: asked, limit: .seconds(10), isHit: false)
            }
            await Task.yield()
        }
    }

    private func check(
        _ value: String?, of key: RedisCacheKey, asked: ContinuousClock.Instant, limit: Duration, isHit: Bool
    ) {
        let version = value.flatMap { Int($0) } ?? 0
        state.withLock { state in
            if isHit { state.counts.hits += 1 }
            // Versions are written one after the other, so the next is what made this one stale, or an earlier one did.
            let next = state.acknowledged[key]?[version + 1]
            if let next, asked - next >= limit {
                state.counts.violations.append("\(key): version \(version) was given out \(asked - next) after the next")
            }
        }
    }
}
