import Chat
import EmbeddedRedis
import Redis
import RedisMeasuring
import Synchronization
import TestSupport
import Testing

@testable import ChatComparison

/// On real Redis, from beginning to end.
@Suite("Comparisons of fan-out", .serialized)
struct FanOutComparisonTests {
    private static func work(members: Int = 30, messages: Int = 12) -> FanOutWork {
        var work = FanOutWork(members: members, messages: messages)
        (work.online, work.returns) = (members / 2, 40)
        return work
    }

    @Test("Both strategies bring every message to everybody, and cost what they must")
    func costs() async throws {
        let work = Self.work()
        var progress: [Int] = []
        let result = try await FanOutComparison(work).run { done, total in
            progress.append(done)
            #expect(total == work.operations * 2)
        }
        #expect(progress == progress.sorted() && progress.last == work.operations * 2)
        #expect(result.results.map(\.strategy) == [.inboxes, .log])
        for outcome in result.results {
            #expect(outcome.messages == 12 && outcome.delivered == 12 * 15)
            #expect(outcome.message.bytes > 100 && outcome.message.cpuMicroseconds >= 0)
            #expect(outcome.lastMemberMs.p50 > 0 && outcome.lastMemberMs.p50 <= outcome.lastMemberMs.p99)
        }
        let (inboxes, log) = (result.results[0], result.results[1])
        // A note for each member, and the script.
        #expect(inboxes.message.commands == 31 && log.message.commands == 1)
        #expect(inboxes.message.bytes > log.message.bytes + 30 * 50)
        // Where nothing was noted nothing is looked at.
        #expect(inboxes.quietReturn.commands < log.quietReturn.commands)
        #expect(log.quietReturn.commands < log.missedReturn.commands)
        #expect(inboxes.quietReturn.commands < inboxes.missedReturn.commands)
    }

    @Test("A Redis that was given is as empty afterwards as before, and its other databases are left alone")
    func given() async throws {
        try await withRedis { server, redis in
            try await redis.set("somebody's", to: "value")
            var configuration = try RedisConfiguration(url: server.url)
            configuration.database = 3
            let result = try await FanOutComparison(Self.work(), redis: .given(configuration)).run()
            #expect(result.results.map(\.message.commands) == [31, 1])
            try await expectEmpty(configuration)
            #expect(try await redis.get("somebody's") == "value")
        }
    }

    @Test("A database that is not empty, and a server that a chat uses, are refused and left as they are")
    func inUse() async throws {
        try await withRedis { server, redis in
            var configuration = try RedisConfiguration(url: server.url)
            func code() async -> FanOutError.Code? {
                do {
                    _ = try await FanOutComparison(Self.work(messages: 1), redis: .given(configuration)).run()
                    return nil
                } catch {
                    return (error as? FanOutError)?.code
                }
            }
            try await redis.set("chat:{group.g1}:state", to: "not mine")
            #expect(await code() == .databaseInUse)
            #expect(try await redis.send(RedisCommand("DBSIZE")).decode(as: Int.self) == 1)

            configuration.database = 1
            let chat = Chat(redis: redis)
            let service = Task { try await chat.run() }
            func listens() async throws -> Bool {
                try await !redis.send(RedisCommand("PUBSUB", "CHANNELS", "chat:server:*")).decode(as: [String].self).isEmpty
            }
            try await eventually("the service listens") { try await listens() }
            #expect(await code() == .databaseInUse)
            service.cancel()
            _ = await service.result
            try await eventually("the service listens no more") { try await !listens() }
            #expect(await code() == nil)
        }
    }

    @Test("A comparison that is cancelled leaves nothing behind", arguments: [0.01, 0.3, 0.7])
    func cancelled(share: Double) async throws {
        try await withRedis { server, redis in
            let configuration = try RedisConfiguration(url: server.url)
            let reached = Mutex(false)
            let task = Task {
                try await FanOutComparison(Self.work(), redis: .given(configuration)).run { done, total in
                    guard Double(done) >= share * Double(total) else { return }
                    reached.withLock { $0 = true }
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(reached.withLock { $0 })
            try await expectEmpty(configuration)
        }
    }

    @Test("A Redis that is not there is an error of its own")
    func away() async throws {
        let configuration = RedisConfiguration(address: .unixSocket(path: "/nonexistent/redis.sock"))
        await #expect {
            _ = try await FanOutComparison(Self.work(), redis: .given(configuration)).run()
        } throws: { error in
            (error as? FanOutError)?.code == .redisFailed
        }
    }

    private func expectEmpty(_ configuration: RedisConfiguration) async throws {
        let client = RedisClient(configuration)
        let keys = try await client.send(RedisCommand("KEYS", "*"), deadline: .seconds(10)).decode(as: [String].self)
        await client.close()
        #expect(keys.isEmpty)
    }
}
