import EmbeddedRedis
import Redis
import Synchronization
import TestSupport
import Testing

@testable import NewsFeed

@Suite("Redis goes and comes back", .serialized)
struct RedisLossTests {
    @Test("Killed and restarted under posting, with a disk that is waited for: what was accepted reaches every reader")
    func restarted() async throws {
        let server = try await EmbeddedRedis.temporary(durability: .always)
        var configuration = try RedisConfiguration(url: server.url)
        configuration.deadline = .milliseconds(500)
        let client = RedisClient(configuration)
        let feed = NewsFeed(redis: client, configuration: .init())
        let running = Task { try await feed.run() }
        do {
            try await eventually("it works", within: .seconds(60)) {
                try await feed.probe()
                for reader in 0..<20 { try await feed.follow("reader\(reader)", "ann") }
                return true
            }
            let accepted = Mutex<[String]>([])
            let posting = Task {
                while !Task.isCancelled {
                    if let id = try? await feed.post(NewPost(author: "ann", text: "text")).id {
                        accepted.withLock { $0.append(id) }
                    } else {
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                }
            }
            for _ in 0..<3 {
                let before = accepted.withLock { $0.count }
                try await eventually("posts are accepted", within: .seconds(60)) { accepted.withLock { $0.count } >= before + 50 }
                await server.kill()
                try await server.restart()
            }
            posting.cancel()
            await posting.value
            let expected = Set(accepted.withLock { $0 })
            try await eventually("the queue is empty", within: .seconds(90)) { try await feed.queueLag().waiting == 0 }
            for reader in 0..<20 {
                let ids = try await all { try await feed.feed(of: "reader\(reader)", after: $0, limit: 100) }.map(\.id)
                #expect(Set(ids).count == ids.count && ids == ids.sorted(by: >))
                #expect(expected.subtracting(ids).isEmpty)
            }
            #expect(try await feed.deadLetters().isEmpty)
        } catch {
            Issue.record(error)
        }
        running.cancel()
        _ = await running.result
        await client.close()
        await server.stop()
    }

    @Test("Without Redis there is an error in time; a Redis that has lost everything is taken as it is")
    func away() async throws {
        try await withFleet(patience: .milliseconds(500)) { fleet in
            for number in 0..<3 { try await fleet.post("ann", "\(number)") }
            try await fleet.settles()
            let cursor = try #require(try await fleet.feed.feed(of: "ann", limit: 1).nextCursor)
            await fleet.server.kill()
            await #expect(throws: NewsFeedError.self) { try await fleet.post("ann") }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.feed(of: "ann") }
            await #expect(throws: NewsFeedError.self) { try await fleet.feed.probe() }
            try await fleet.server.restart()
            try await fleet.becomesReady()
            try await eventually { try await fleet.redis.send(RedisCommand("FLUSHALL")) == .status("OK") }
            try await eventually("posts are accepted, and arrive", within: .seconds(30)) {
                try await fleet.post("ann", "new")
                return try await !fleet.texts(of: "ann").isEmpty
            }
            // The key of the cursors is as it was.
            try await eventually { try await fleet.feed.feed(of: "ann", after: cursor).items.isEmpty }
        }
    }
}
