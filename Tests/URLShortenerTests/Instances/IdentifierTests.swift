import EmbeddedRedis
import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("Leased numbers")
struct IdentifierTests {
    private func source(_ redis: RedisClient, block: Int = 100) -> IdentifierSource {
        IdentifierSource(lease: IdentifierLease(redis: redis, deadline: .seconds(10)), blockSize: block)
    }

    private func counter(_ redis: RedisClient) async throws -> Int {
        try await redis.send(RedisCommand("HGET", URLShortenerKeys.counter, "next")).decode()
    }

    @Test("No number comes twice, from many sources and many callers")
    func unique() async throws {
        try await withRedis { _, redis in
            let sources = (0..<3).map { _ in source(redis, block: 64) }
            let numbers = try await withThrowingTaskGroup(of: [Int].self) { group in
                for caller in 0..<64 {
                    group.addTask {
                        var numbers: [Int] = []
                        for round in 0..<20 {
                            numbers += try await sources[caller % 3].next(round % 7 == 0 ? 150 : 1 + round % 3)
                        }
                        return numbers
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(numbers).count == numbers.count)
            #expect(numbers.allSatisfy { $0 >= 0 })
        }
    }

    @Test("In blocks of one, what is leased is what was asked for")
    func exact() async throws {
        try await withRedis { _, redis in
            for count in [1, 1000, 1, 7] { _ = try await source(redis, block: 1).next(count) }
            let source = source(redis, block: 1)
            for count in [0, 3, 500, 1] { _ = try await source.next(count) }
            #expect(try await counter(redis) == 1009 + 504)
        }
    }

    @Test("Callers who wait share one lease, and the next is taken ahead")
    func shared() async throws {
        try await withRedis { _, redis in
            let source = source(redis, block: 1_000)
            try await withThrowingTaskGroup { group in
                for _ in 0..<64 { group.addTask { _ = try await source.next() } }
                try await group.waitForAll()
            }
            #expect(try await counter(redis) == 1_000)
            _ = try await source.next(500)
            try await eventually { try await counter(redis) == 2_000 }
            // What was leased ahead is there without Redis.
            _ = try await source.next(1_000)
        }
    }

    @Test("A counter that went back never gives what an instance knows to be issued")
    func wentBack() async throws {
        try await withRedis { _, redis in
            let (one, other) = (source(redis), source(redis))
            var numbers = try await one.next(1_000)
            _ = try await redis.send(RedisCommand("DEL", URLShortenerKeys.counter))
            numbers += try await one.next(1_000)
            #expect(Set(numbers).count == 2_000)

            // Another instance learns it from the first, through the counter.
            _ = try await redis.send(RedisCommand("DEL", URLShortenerKeys.counter))
            try await one.announce()
            numbers += try await other.next(1_000)
            #expect(Set(numbers).count == 3_000)

            // Or from a message.
            let third = source(redis)
            third.heard(issuedBelow: 1 << 30)
            #expect(try await third.next()[0] >= 1 << 30)
        }
    }

    @Test("Another server process leaves a gap, and not always the same")
    func gap() async throws {
        try await withRedis(durability: .always) { server, redis in
            var former = try await source(redis).next()[0]
            for _ in 0..<2 {
                await server.kill()
                try await server.restart()
                try await redis.reconnects()
                let next = try await source(redis).next()[0]
                #expect(((1 << 20)...(5 << 20) + 100).contains(next - former))
                former = next
            }
        }
    }

    @Test("What an instance knows may not be all: behind it too there is a gap")
    func unheard() async throws {
        try await withRedis { _, redis in
            let (one, other) = (source(redis), source(redis))
            var numbers = try await one.next(100)
            // Of this the first has not heard when the counter goes back.
            numbers += try await other.next(5_000)
            _ = try await redis.send(RedisCommand("DEL", URLShortenerKeys.counter))
            numbers += try await one.next(1_000)
            numbers += try await other.next(1_000)
            #expect(Set(numbers).count == 7_100)
        }
    }

    @Test("A failed lease is an error for those who wait, and no more than that")
    func failure() async throws {
        try await withRedis { server, redis in
            let source = IdentifierSource(lease: IdentifierLease(redis: redis, deadline: .milliseconds(200)), blockSize: 10)
            _ = try await redis.send(RedisCommand("SET", URLShortenerKeys.counter, "not a hash"))
            for _ in 0..<3 { await #expect(throws: URLShortenerError.self) { try await source.next() } }
            _ = try await redis.delete([URLShortenerKeys.counter])
            for next in ["x", "1e300", "9223372036854775807", "nan"] {
                _ = try await redis.send(RedisCommand("HSET", URLShortenerKeys.counter, "next", next))
                await #expect(throws: URLShortenerError.self, "\(next)") { try await source.next() }
            }
            _ = try await redis.delete([URLShortenerKeys.counter])
            try await eventually { try await source.next(100).count == 100 }
        }
    }

    @Test("Skipping drops what lies before")
    func skip() async throws {
        try await withRedis { _, redis in
            let source = source(redis)
            _ = try await source.next()
            source.skip(to: 50)
            #expect(try await source.next(2) == [50, 51])
            source.skip(to: 1_000)
            #expect(try await source.next()[0] >= 1_000)
        }
    }

    @Test("Messages of others are not taken for ours")
    func events() {
        #expect(URLShortenerEvent(text: "leased 12") == .leased(below: 12))
        for text in ["", "leased", "leased ", "leased x", "leased -1", "leased 1 2", "Leased 1", "leased 99999999999999999999"] {
            #expect(URLShortenerEvent(text: text) == nil)
        }
    }

    @Test("All instances share what is written once")
    func settings() async throws {
        try await withFleet(of: 5) { fleet in
            var settings: [SharedSettings] = []
            for shortener in fleet.shorteners { settings.append(try await shortener.sharedSettings()) }
            #expect(settings.allSatisfy { $0 == settings[0] })
            _ = try await fleet.redis.send(RedisCommand("HSET", URLShortenerKeys.settings, "cipherKey", "damaged"))
            await #expect(throws: URLShortenerError.self) { try await fleet[0].shareSettings() }
        }
    }
}
