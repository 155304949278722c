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
                for _ in 0..<5 {
                    try await withService(.urlShortener, ["--redis", server.url]) { consumer in
                        try await consumer.becomesReady()
                        try await handOver(from: services[0], on: server)
                        // So many visits later it is in the midst of something else each time.
                        try await visitors.keepsOn(by: Int.random(in: 1...500, using: &random))
                        consumer.program.signal(SIGKILL)
                        _ = try await consumer.program.exit()
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
            #expect(visitors.refused.isEmpty)
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
}
