import EmbeddedRedis
import Logging
import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("Redis fails, and each visit counts once", .serialized)
struct VisitDeliveryTests {
    /// Records on and on from several event loops, through two recorders and two consumers, while something goes wrong.
    private func expectExact(
        durability: EmbeddedRedis.Durability = .everySecond, rounds: Int = 1,
        _ fault: (EmbeddedRedis, RedisClient) async throws -> Void
    ) async throws {
        var random = SeededGenerator()
        try await withRedis(durability: durability, configure: { $0.deadline = .seconds(1) }) { server, redis in
            try await withClient(of: server) { administrator in
                let codes = (0..<20).map { "c\($0)" }
                var configuration = VisitRecorder.Configuration()
                configuration.interval = .milliseconds(5)
                configuration.patience = .seconds(60)
                let recorders = (0..<2).map { [configuration] _ in VisitRecorder(redis: redis, configuration: configuration) }
                let recording = recorders.map { recorder in Task { await recorder.run() } }
                var model = VisitModel()
                let consumers = (0..<2).map { _ in VisitConsumer(redis: redis, configuration: .quick(lease: .milliseconds(200))) }
                try await withConsumers(consumers) {
                    for _ in 0..<rounds {
                        for _ in 0..<20 {
                            for visit in random.visits(20, of: codes) {
                                recorders[Int.random(in: 0..<2, using: &random)].record(
                                    visit, on: MultiThreadedEventLoopGroup.singleton.any())
                                model.record(visit)
                            }
                            try await Task.sleep(for: .milliseconds(3))
                        }
                        try await fault(server, administrator)
                    }
                    for task in recording { task.cancel() }
                    for task in recording { await task.value }
                    try await eventually("all is counted", within: .seconds(60)) {
                        try await administrator.waitingEntries() == 0
                    }
                }
                try await model.expectCounted(in: administrator, "\(random)")
            }
        }
    }

    @Test("Nothing fails")
    func healthy() async throws {
        try await expectExact { _, _ in }
    }

    @Test("Killed, with nothing acknowledged lost, and restarted")
    func killed() async throws {
        try await expectExact(durability: .always, rounds: 4) { server, _ in
            await server.kill()
            try await server.restart()
        }
    }

    @Test("Scripts flushed and connections cut again and again")
    func cut() async throws {
        try await expectExact(rounds: 15) { _, administrator in
            _ = try await administrator.send(RedisCommand("SCRIPT", "FLUSH"))
            _ = try await administrator.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
        }
    }

    @Test("Paused: a batch is answered late and was repeated meanwhile")
    func paused() async throws {
        var random = SeededGenerator()
        try await withRedis { server, redis in
            let line = FaultyRedis(redis) { _ in .works }
            let recorder = VisitRecorder(redis: line)
            let recording = Task { await recorder.run() }
            var model = VisitModel()
            // Known to the server, so that what is late is the call itself.
            recorder.record(random.visit(of: ["a"]).recorded(in: &model))
            try await eventually { try await redis.waitingEntries() == 1 }
            server.pause()
            for visit in random.visits(50, of: ["a", "b"]) { recorder.record(visit.recorded(in: &model)) }
            try await eventually("given up twice", within: .seconds(30)) { line.losses >= 2 }
            for visit in random.visits(50, of: ["a", "b"]) { recorder.record(visit.recorded(in: &model)) }
            server.resume()
            try await eventually("the late ones, and the next", within: .seconds(30)) { try await redis.waitingEntries() == 3 }
            recording.cancel()
            await recording.value
            #expect(try await redis.waitingEntries() == 3, "the repeated batch lies there once")
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "\(random)")
        }
    }

    @Test("Gone for a while, and at the end: what was recorded meanwhile waits")
    func gone() async throws {
        var random = SeededGenerator()
        try await withRedis(durability: .always, configure: { $0.deadline = .milliseconds(200) }) { server, redis in
            let line = FaultyRedis(redis) { _ in .works }
            var configuration = VisitRecorder.Configuration()
            configuration.patience = .seconds(60)
            let recorder = VisitRecorder(redis: line, configuration: configuration)
            let recording = Task { await recorder.run() }
            var model = VisitModel()
            await server.kill()
            for visit in random.visits(500, of: ["a", "b", "c"]) { recorder.record(visit.recorded(in: &model)) }
            try await eventually("it was noticed", within: .seconds(30)) { line.losses >= 2 }
            for visit in random.visits(500, of: ["c", "d"]) { recorder.record(visit.recorded(in: &model)) }
            recording.cancel()
            let losses = line.losses
            try await eventually("still tried", within: .seconds(30)) { line.losses > losses }
            try await server.restart()
            await recording.value
            try await redis.reconnects()
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "\(random)")
        }
    }

    @Test("An orderly end hands over everything")
    func orderlyEnd() async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            var model = VisitModel()
            for _ in 0..<20 {
                let recorder = VisitRecorder(redis: redis)
                let recording = Task { await recorder.run() }
                for visit in random.visits(30, of: ["a", "b"]) { recorder.record(visit.recorded(in: &model)) }
                recording.cancel()
                await recording.value
            }
            #expect(try await redis.waitingEntries() == 20)
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "\(random)")
        }
    }

    @Test("A full stream takes nothing, and loses nothing")
    func full() async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            let fill = (0..<VisitSender.maximumEntries).map { _ in
                RedisCommand("XADD", VisitKeys.stream, "*", "full", "0 day:2026-11-21=1")
            }
            for result in await redis.pipeline(fill) { _ = try result.get() }
            let sender = VisitSender(redis: redis, waiting: .roomy, logger: Logger(label: "test"))
            var model = VisitModel()
            for _ in 0..<3 {
                var table = VisitTable.roomy
                for visit in random.visits(20, of: ["a", "b"]) { _ = table.add(visit.recorded(in: &model)) }
                #expect(await sender.accept(table) == 0)
                #expect(await sender.flush() == false)
            }
            #expect(try await redis.waitingEntries() == VisitSender.maximumEntries)
            try await drainVisits(redis)
            #expect(await sender.flush())
            #expect(try await redis.waitingEntries() == 2, "the batch that was on its way, and all that came since")
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "\(random)")
            let full = try await VisitStatistics(redis: redis).statistics(of: "full")
            #expect(full.visits == VisitSender.maximumEntries)
        }
    }
}

extension Visit {
    func recorded(in model: inout VisitModel) -> Visit {
        model.record(self)
        return self
    }
}
