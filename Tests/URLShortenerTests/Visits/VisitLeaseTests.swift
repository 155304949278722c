import NIOCore
import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("The lease of the consumer")
struct VisitLeaseTests {
    @Test("Who has it not neither reads nor deletes nor gives it back")
    func exclusive() async throws {
        try await withRedis { _, redis in
            var random = SeededGenerator()
            var model = VisitModel()
            try await redis.append(random.visits(30, of: ["a"]), perEntry: 10, model: &model)
            var configuration = VisitConsumer.Configuration()
            configuration.lease = .seconds(60)
            let consumers = (0..<2).map { [configuration] _ in VisitConsumer(redis: redis, configuration: configuration) }
            var (one, other) = (VisitConsumer.Progress(), VisitConsumer.Progress())
            let entries = try await consumers[0].read(&one)
            #expect(entries.count == 3)
            other = one
            other.counted = entries.map(\.identifier)
            #expect(try await consumers[1].read(&other).isEmpty && other.counted.isEmpty)
            #expect(try await redis.waitingEntries() == 3)
            let release = VisitScripts.releaseLease
            #expect(try await redis.evaluate(release, keys: [VisitKeys.lease], "other").decode(as: Int.self) == 0)
            one.counted = [entries[0].identifier]
            #expect(try await consumers[0].read(&one).count == 2)
            let token: String = try await redis.send(RedisCommand("GET", VisitKeys.lease)).decode()
            #expect(try await redis.evaluate(release, keys: [VisitKeys.lease], token).decode(as: Int.self) == 1)
            #expect(try await consumers[1].read(&other).count == 2)
            let left: Int = try await redis.send(RedisCommand("PTTL", VisitKeys.lease)).decode()
            #expect((1...60_000).contains(left))
        }
    }

    @Test("A second consumer counts nothing while the first works")
    func oneWorks() async throws {
        try await withRedis { _, redis in
            var random = SeededGenerator()
            var model = VisitModel()
            _ = try await redis.send(RedisCommand("SET", VisitKeys.lease, "another's", "PX", 60_000))
            let line = FaultyRedis(redis) { _ in .works }
            let consumer = VisitConsumer(redis: line, configuration: .quick())
            try await withConsumers([consumer]) {
                try await redis.append(random.visits(30, of: ["a"]), perEntry: 10, model: &model)
                let commands = line.commands
                try await eventually("it looks", within: .seconds(30)) { line.commands > commands + 5 }
                #expect(try await redis.waitingEntries() == 3)
                #expect(consumer.isWorking(now: .now()))
            }
            let found = try await VisitStatistics(redis: redis).statistics(of: "a")
            #expect(found == LinkStatistics(counters: [:], visitors: 0))
        }
    }
}
