import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// Whoever counts the visits may be killed or held up at any moment: those that others answered count, each once.
@Suite(.slots(2), .serialized)
struct KilledConsumerTests {
    private static let lease = "url-shortener:{visits}:lease"

    @Test func `killed at random moments, while redirects go on elsewhere`() async throws {
        var random = SeededGenerator()
        try await withShortenerFleet(of: 1, durability: .always) { server, services in
            var ids: [String] = []
            for index in 0..<20 { ids.append(try await services[0].shorten("https://example.org/\(index)").id) }
            let visitors = try await Visitors.visit(ids, at: services[0]) { visitors in
                for _ in 0..<8 {
                    try await withService(.urlShortener, ["--redis", server.url]) { consumer in
                        try await consumer.becomesReady()
                        try await handOver(from: services[0], on: server)
                        try await visitors.keepsOn(by: Int.random(in: 1...500, using: &random))
                        try await kill(consumer, asItCounts: ids[0], on: server, &random)
                    }
                    try await visitors.keepsOn()
                }
            }
            var counted = 0
            try await eventually("\(random): \(visitors.redirected) visits are counted", within: .seconds(20)) {
                counted = 0
                for id in ids { counted += try await services[0].statistics(of: id).visits }
                return counted >= visitors.redirected
            }
            try await allIsCounted(on: server)
            #expect(counted == visitors.redirected, "\(random)")
            // The instance was held up itself: what Redis had answered by then may come too late.
            #expect(visitors.refused.keys.allSatisfy { $0 == 503 }, "\(visitors.refused)")
        }
    }

    /// Holds an instance up until another has taken the lease from it, if it has it at all.
    private func handOver(from instance: RunningService, on server: EmbeddedRedis) async throws {
        try await withClient(of: server) { redis in
            let holder = try await redis.get(Self.lease, as: String.self)
            instance.program.signal(SIGSTOP)
            defer { instance.program.signal(SIGCONT) }
            try await eventually("another one counts") {
                let now = try await redis.get(Self.lease, as: String.self)
                return now != nil && now != holder
            }
        }
    }

    /// Kills a consumer that has more to do than usual, a random moment after it has begun with that.
    private func kill(
        _ consumer: RunningService, asItCounts id: String, on server: EmbeddedRedis, _ random: inout SeededGenerator
    ) async throws {
        let moment = Int.random(in: 0...10, using: &random)
        try await withClient(of: server) { redis in
            consumer.program.signal(SIGSTOP)
            try await eventually("batches wait") {
                let waiting: Int = try await redis.send(RedisCommand("XLEN", "url-shortener:{visits}:stream")).decode()
                return waiting >= 3
            }
            func lastCounted() async throws -> String? {
                try await redis.send(RedisCommand("HGET", "url-shortener:{\(id)}:statistics", "batch")).decode()
            }
            let before = try await lastCounted()
            consumer.program.signal(SIGCONT)
            // Without a pause: it is over in milliseconds.
            let deadline = ContinuousClock.now + .seconds(10)
            while try await lastCounted() == before, ContinuousClock.now < deadline {}
            for _ in 0..<moment { try await redis.ping() }
            consumer.program.signal(SIGKILL)
        }
        _ = try await consumer.program.exit()
    }
}
