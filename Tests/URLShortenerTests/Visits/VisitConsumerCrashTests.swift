import EmbeddedRedis
import NIOCore
import Redis
import Synchronization
import TestSupport
import Testing

@testable import URLShortener

@Suite("Consumers are killed at any point, and each visit counts once")
struct VisitConsumerCrashTests {
    @Test("At every command, before it arrives and before its answer is back", arguments: [1, 5])
    func everyCommand(perEntry: Int) async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            for fate in [FaultyRedis.Fate.lostOnTheWay, .answerLost] {
                var number = 0
                while true {
                    let codes = (0..<4).map { "\(perEntry)-\(fate)-\(number)-\($0)" }
                    var model = VisitModel()
                    try await redis.append(random.visits(40, of: codes), perEntry: perEntry, model: &model)

                    let line = FaultyRedis(redis, diesAt: number, fate)
                    try await withConsumers([VisitConsumer(redis: line, configuration: .quick())]) {
                        try await eventually("killed, or done", within: .seconds(30)) {
                            if line.losses > 0 { return true }
                            return try await redis.waitingEntries() == 0
                        }
                    }
                    // Whether the commands of one whole life were tried. The last gives the lease back.
                    let survived = try await redis.waitingEntries() == 0 && line.losses == 0
                    try await drainVisits(redis)
                    try await model.expectCounted(in: redis, "\(random), \(fate) at command \(number)")
                    if survived { break }
                    number += 1
                }
                #expect(number > 40 / perEntry, "each entry was met")
            }
        }
    }

    @Test("Hundreds of lives that end at random, while instances with bad lines record")
    func randomLives() async throws {
        let random = Mutex(SeededGenerator())
        let seed = random.withLock { "\($0)" }
        try await withRedis { server, redis in
            try await withClient(of: server) { other in
                let codes = (0..<12).map { "c\($0)" }
                let isLost: @Sendable (Int) -> FaultyRedis.Fate = { _ in
                    random.withLock { $0.pick([.works, .works, .works, .works, .lostOnTheWay, .answerLost]) }
                }
                let lines = (0..<2).map { _ in FaultyRedis(other, fate: isLost) }
                var configuration = VisitRecorder.Configuration()
                configuration.interval = .milliseconds(3)
                let recorders = lines.map { [configuration] in VisitRecorder(redis: $0, configuration: configuration) }
                let recording = recorders.map { recorder in Task { await recorder.run() } }
                var model = VisitModel()
                for life in 0..<300 {
                    let number = random.withLock { Int.random(in: 0...14, using: &$0) }
                    let fate = random.withLock { $0.pick([FaultyRedis.Fate.lostOnTheWay, .answerLost]) }
                    // Of some only the line dies; some are cancelled in the middle of what they do.
                    let line = FaultyRedis(redis, diesAt: number, fate)
                    let lease: Duration = random.withLock { $0.pick([.milliseconds(1), .milliseconds(4)]) }
                    let consumer = VisitConsumer(redis: line, configuration: .quick(lease: lease))
                    let running = Task { await consumer.run() }
                    for visit in random.withLock({ $0.visits(10, of: codes) }) {
                        recorders[life % 2].record(visit)
                        model.record(visit)
                    }
                    try await Task.sleep(for: .milliseconds(random.withLock { Int.random(in: 0...12, using: &$0) }))
                    running.cancel()
                    await running.value
                }
                for task in recording { task.cancel() }
                for task in recording { await task.value }
                #expect(lines.allSatisfy { $0.losses > 0 })
                try await drainVisits(redis)
                try await model.expectCounted(in: redis, seed)
            }
        }
    }

    @Test("Lines that lose a command or an answer now and then, and consumers that go on")
    func badLines() async throws {
        let random = Mutex(SeededGenerator())
        let seed = random.withLock { "\($0)" }
        try await withRedis { _, redis in
            var model = VisitModel()
            let lines = (0..<2).map { _ in
                FaultyRedis(redis) { _ in random.withLock { $0.pick([.works, .works, .works, .lostOnTheWay, .answerLost]) } }
            }
            try await withConsumers(lines.map { VisitConsumer(redis: $0, configuration: .quick()) }) {
                for _ in 0..<60 {
                    let visits = random.withLock { $0.visits(20, of: ["a", "b", "c"]) }
                    try await redis.append(visits, perEntry: 3, model: &model)
                }
                try await eventually("all is counted", within: .seconds(60)) { try await redis.waitingEntries() == 0 }
            }
            #expect(lines.contains { $0.losses > 20 })
            try await model.expectCounted(in: redis, seed)
        }
    }

    @Test("Several at once, since the lease ends sooner than they are done")
    func fighting() async throws {
        var random = SeededGenerator()
        try await withRedis { server, redis in
            try await withClient(of: server) { other in
                var model = VisitModel()
                let codes = (0..<6).map { "c\($0)" }
                let consumers = [redis, other, redis, other].map {
                    VisitConsumer(redis: $0, configuration: .quick(lease: .milliseconds(1)))
                }
                try await withConsumers(consumers) {
                    for _ in 0..<60 {
                        try await redis.append(random.visits(60, of: codes), perEntry: 3, model: &model)
                    }
                    try await eventually("all is counted", within: .seconds(60)) { try await redis.waitingEntries() == 0 }
                }
                try await model.expectCounted(in: redis, "\(random)")
            }
        }
    }

    @Test("One that was held up goes on with what it had read, long after another has taken over")
    func comesLate() async throws {
        var random = SeededGenerator()
        try await withRedis { _, redis in
            var model = VisitModel()
            try await redis.append(random.visits(50, of: ["a", "b"]), perEntry: 5, model: &model)
            let late = VisitConsumer(redis: redis, configuration: .quick())
            var progress = VisitConsumer.Progress()
            let entries = try await late.read(&progress)
            #expect(entries.count == 10)
            try await drainVisits(redis)
            try await redis.append(random.visits(50, of: ["a", "b"]), perEntry: 5, model: &model)
            try await drainVisits(redis)
            for entry in entries { try await late.count(entry, readFrom: progress.server) }
            try await model.expectCounted(in: redis, "\(random)")
        }
    }

    @Test("Another takes over, with the settings that instances have")
    func takesOver() async throws {
        try await withRedis { _, redis in
            var model = VisitModel()
            var random = SeededGenerator()
            let line = FaultyRedis(redis, diesAt: 1, .lostOnTheWay)
            try await withConsumers([VisitConsumer(redis: line)]) {
                try await redis.append(random.visits(10, of: ["a"]), perEntry: 5, model: &model)
                try await eventually("one has died with the lease", within: .seconds(30)) { line.losses > 0 }
                let other = VisitConsumer(redis: redis)
                try await withConsumers([other]) {
                    try await eventually("the other goes on", within: .seconds(30)) { try await redis.waitingEntries() == 0 }
                    #expect(other.isWorking(now: .now()))
                }
            }
            try await model.expectCounted(in: redis, "\(random)")
            #expect(try await redis.send(RedisCommand("EXISTS", VisitKeys.lease)).decode(as: Int.self) == 0, "given back")
        }
    }
}
