import EmbeddedRedis
import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("Redis has lost something, or holds something strange: counting goes on")
struct VisitDataLossTests {
    @Test("Everything is lost")
    func flushed() async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            let recorder = VisitRecorder(redis: redis)
            let recording = Task { await recorder.run() }
            try await withConsumers((0..<2).map { _ in VisitConsumer(redis: redis) }) {
                for _ in 0..<3 {
                    _ = try await redis.send(RedisCommand("FLUSHALL"))
                    var model = VisitModel()
                    for visit in random.visits(30, of: ["a", "b"]) { recorder.record(visit.recorded(in: &model)) }
                    let count = model.byCode["a"]?.count ?? 0
                    try await eventually("counted again", within: .seconds(30)) {
                        let found = try await VisitStatistics(redis: redis).statistics(of: "a")
                        return found.visits + found.botVisits == count
                    }
                    try await eventually(within: .seconds(30)) { try await redis.waitingEntries() == 0 }
                    try await model.expectCounted(in: redis, "\(random)")
                }
            }
            recording.cancel()
            await recording.value
        }
    }

    @Test("Counters have gone back and the stream with them: what was counted in vain is not deleted")
    func olderCounters() async throws {
        var random = SeededGenerator()
        try await withRedis(extraArguments: ["--appendonly", "no"]) { server, redis in
            var model = VisitModel()
            try await redis.append(random.visits(30, of: ["a", "b"]), perEntry: 5, model: &model)
            _ = try await redis.send(RedisCommand("SAVE"))
            let consumer = VisitConsumer(redis: redis)
            var progress = VisitConsumer.Progress()
            for entry in try await consumer.read(&progress) {
                try await consumer.count(entry, readFrom: progress.server)
                progress.counted.append(entry.identifier)
            }
            #expect(progress.counted.count == 6)
            await server.kill()
            try await server.restart()
            try await redis.reconnects()
            #expect(try await consumer.read(&progress).count == 6, "nothing was deleted")
            _ = try await redis.send(RedisCommand("DEL", VisitKeys.lease))
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "\(random)")
        }
    }

    @Test("Counters have gone back in the midst of a turn: what comes after what was lost is not counted before it")
    func olderCountersInTurn() async throws {
        var random = SeededGenerator()
        try await withRedis(extraArguments: ["--appendonly", "no"]) { server, redis in
            var model = VisitModel()
            try await redis.append(random.visits(30, of: ["a", "b"]), perEntry: 5, model: &model)
            _ = try await redis.send(RedisCommand("SAVE"))
            let consumer = VisitConsumer(redis: redis)
            var progress = VisitConsumer.Progress()
            let entries = try await consumer.read(&progress)
            for entry in entries.prefix(3) { try await consumer.count(entry, readFrom: progress.server) }
            await server.kill()
            try await server.restart()
            try await redis.reconnects()
            for entry in entries.dropFirst(3) {
                await #expect(throws: RedisError.self) { try await consumer.count(entry, readFrom: progress.server) }
            }
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "\(random)")
        }
    }

    @Test("Thrown back to a snapshot again and again while consumers work: what it held counts once, nothing counts twice")
    func thrownBack() async throws {
        var random = SeededGenerator()
        try await withRedis(extraArguments: ["--appendonly", "no"]) { server, redis in
            var (saved, lost) = (VisitModel(), VisitModel())
            let consumers = (0..<2).map { _ in VisitConsumer(redis: redis, configuration: .quick(lease: .milliseconds(50))) }
            try await withConsumers(consumers) {
                for round in 0..<8 {
                    let visits = random.visits(60, of: ["x", "a\(round)"])
                    try await redis.append(visits, perEntry: 3, model: &saved)
                    _ = try await redis.send(RedisCommand("SAVE"))
                    try await redis.append(random.visits(30, of: ["x"]), perEntry: 3, model: &lost)
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...10, using: &random)))
                    await server.kill()
                    try await server.restart()
                    try await redis.reconnects()
                }
                try await eventually("all is counted", within: .seconds(60)) { try await redis.waitingEntries() == 0 }
            }
            let found = try await VisitStatistics(redis: redis).statistics(of: "x")
            let (atLeast, more) = (saved.byCode["x"]?.count ?? 0, lost.byCode["x"]?.count ?? 0)
            #expect((atLeast...atLeast + more).contains(found.visits + found.botVisits), "\(random)")
            saved.forget("x")
            try await saved.expectCounted(in: redis, "\(random)")
        }
    }

    @Test("The stream has lost its end, and links know of it: later entries count")
    func lostEnd() async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            var model = VisitModel()
            try await redis.append(random.visits(20, of: ["a"]), perEntry: 5, model: &model)
            try await drainVisits(redis)
            // As if the stream's clock had been ahead, before it was lost.
            let ahead = "99999999999999-7"
            _ = try await redis.send(RedisCommand("HSET", VisitKeys.statistics(of: "a"), "batch", ahead))
            _ = try await redis.send(RedisCommand("DEL", VisitKeys.stream))
            var lost = VisitModel()
            try await redis.append(random.visits(3, of: ["a"]), perEntry: 3, model: &lost)
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "what lies before what the link knows looks as if it were counted")
            try await redis.append(random.visits(20, of: ["a", "b"]), perEntry: 5, model: &model)
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "\(random)")
            let last: String = try await redis.send(RedisCommand("HGET", VisitKeys.statistics(of: "a"), "batch")).decode()
            #expect(last.hasPrefix("99999999999999-"))
        }
    }

    @Test("The stream of old comes back: what is counted stays so")
    func olderStream() async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            var model = VisitModel()
            try await redis.append(random.visits(20, of: ["a", "b"]), perEntry: 5, model: &model)
            let dump: [UInt8] = try await redis.send(RedisCommand("DUMP", VisitKeys.stream)).decode()
            try await drainVisits(redis)
            _ = try await redis.send(RedisCommand("RESTORE", VisitKeys.stream, 0, dump, "REPLACE"))
            #expect(try await redis.waitingEntries() == 4)
            try await redis.append(random.visits(20, of: ["a", "b"]), perEntry: 5, model: &model)
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "\(random)")
        }
    }

    @Test("Entries that nobody here wrote are passed over, and so are links whose keys hold something else")
    func strange() async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            var model = VisitModel()
            var ignored = VisitModel()
            _ = try await redis.send(RedisCommand("SET", VisitKeys.statistics(of: "taken"), "something else"))
            _ = try await redis.send(RedisCommand("SET", VisitKeys.visitors(of: "odd"), "something else"))
            let odd: [[any RedisArgument]] = [
                ["a", "not counts"], ["a", ""], ["a", "0 botVisits=-5"], ["a", "0 botVisits=99999999999999999999"],
                ["a", "0 batch=1"],
                [[0xFF, 0xFE] as [UInt8], "0 day:2026-11-21=1"], ["a", "0 botVisits=1 botVisits=1"], ["a", "0 =1", "a", "-1"],
                ["", " "],
            ]
            for fields in odd {
                let arguments: [any RedisArgument] = [VisitKeys.stream, "*"]
                _ = try await redis.send(RedisCommand("XADD", arguments: arguments + fields))
            }
            try await redis.append(random.visits(60, of: ["a", "b", "c"]), perEntry: 20, model: &model)
            let person = Visit(code: "odd", at: 5, isBot: false, visitor: 1, referrerHost: nil, country: nil)
            let other = Visit(code: "taken", at: 5, isBot: false, visitor: 1, referrerHost: nil, country: nil)
            try await redis.append([person, other], perEntry: 2, model: &ignored)
            try await redis.append(random.visits(60, of: ["a", "b", "c"]), perEntry: 20, model: &model)
            try await drainVisits(redis)
            try await model.expectCounted(in: redis, "\(random)")
        }
    }

    @Test("No memory left for a while: it counts when there is some again")
    func outOfMemory() async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            var model = VisitModel()
            try await redis.append(random.visits(100, of: ["a", "b", "c"]), perEntry: 10, model: &model)
            _ = try await redis.send(RedisCommand("CONFIG", "SET", "maxmemory", 1))
            let line = FaultyRedis(redis) { _ in .works }
            try await withConsumers([VisitConsumer(redis: line, configuration: .quick())]) {
                try await eventually("refused", within: .seconds(30)) { line.losses > 3 }
                #expect(try await redis.waitingEntries() == 10)
                _ = try await redis.send(RedisCommand("CONFIG", "SET", "maxmemory", 0))
                try await eventually("counted", within: .seconds(30)) { try await redis.waitingEntries() == 0 }
            }
            try await model.expectCounted(in: redis, "\(random)")
        }
    }
}
