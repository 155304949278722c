import NIOCore
import Redis
import TestSupport
import Testing

@testable import NewsFeed

@Suite("Whatever kills a worker, every follower gets the post once, and nobody else")
struct FanOutFaultTests {
    private static let followers = 10_000

    /// Followers of "ann": those with an even number read their feeds.
    private func prepare(_ fleet: Fleet, followers: Int) async throws {
        for start in stride(from: 0, to: followers, by: 1000) {
            let numbers = start..<min(start + 1000, followers)
            _ = try await fleet.redis.replies(
                to: numbers.map { RedisCommand("ZADD", "news-feed:{ann}:followers", 1 + $0 / 3, "u\($0)") }
                    + numbers.filter { $0.isMultiple(of: 2) }.map {
                        RedisCommand("HSET", "news-feed:{u\($0)}:timeline-state", "entries", 0, "watermark", "~", "epoch", "e")
                    }, deadline: .seconds(30))
        }
    }

    /// How many of the active followers have exactly these posts, with a right count.
    private func complete(_ fleet: Fleet, followers: Int, _ members: [String]) async throws -> Int {
        let names = stride(from: 0, to: followers, by: 2).map { "u\($0)" }
        let replies = try await fleet.redis.replies(
            to: names.flatMap {
                [
                    RedisCommand("ZRANGE", "news-feed:{\($0)}:timeline", 0, -1),
                    RedisCommand("HGET", "news-feed:{\($0)}:timeline-state", "entries"),
                ]
            }, deadline: .seconds(30))
        return try names.indices.count { index in
            try replies[2 * index].decode() == members && replies[2 * index + 1].decode() == members.count
        }
    }

    private func entry(_ fleet: Fleet, _ worker: FanOutWorker) async throws -> QueueEntry {
        try await eventually("the job is there") {
            try? await JobQueue(redis: fleet.redis, configuration: fleet.feed.configuration).create()
            return try await fleet.integer("XLEN", NewsFeedKeys.queue) > 0
        }
        return try #require(
            try await fleet.redis.withDedicatedConnection { try await worker.queue.next(on: $0) })
    }

    private func worker(_ fleet: Fleet, _ redis: any RedisCommands) -> FanOutWorker {
        FanOutWorker(
            client: fleet.redis, redis: redis, configuration: fleet.feed.configuration, logger: fleet.feed.logger)
    }

    @Test("Killed at every command of a fan-out, another goes on", arguments: FaultyRedis.Fate.allCases)
    func killedAnywhere(fate: FaultyRedis.Fate) async throws {
        try await withFleet(runs: false, configure: { ($1.claimAfter, $1.strategy) = (.milliseconds(1), .push) }) { fleet in
            let followers = 2_300
            try await prepare(fleet, followers: followers)
            var members: [String] = []
            var number = 0
            var isDead = true
            while isDead {
                let id = try #require(PostID(try await fleet.post("ann")))
                members.insert(id.member, at: 0)
                members.sort()
                let faulty = FaultyRedis(fleet.redis, diesAt: number, fate)
                let dying = worker(fleet, faulty)
                let entry = try await entry(fleet, dying)
                // A process that is killed does nothing more: nor does this, with a Redis that is away for ever.
                let work = Task { await dying.work(on: entry) }
                try await eventually("it is dead, or done") {
                    let left = try await fleet.integer("XLEN", NewsFeedKeys.queue)
                    return faulty.isDead || left == 0
                }
                isDead = faulty.isDead
                work.cancel()
                dying.stop()
                await work.value

                let next = worker(fleet, fleet.redis)
                try await eventually("another takes over, and is done") {
                    if let entry = try await next.queue.abandoned() { await next.work(on: entry) }
                    return try await fleet.integer("XLEN", NewsFeedKeys.queue) == 0
                }
                let complete = try await complete(fleet, followers: followers, members)
                #expect(complete == followers / 2, "killed at command \(number)")
                number += 1
            }
            #expect(number > 40)
            #expect(try await fleet.integer("EXISTS", "news-feed:{u1}:timeline", "news-feed:{u1}:timeline-state") == 0)
            let left: [String] = try await fleet.redis.send(RedisCommand("KEYS", "news-feed:fan-out:*")).decode()
            // Of who was killed when all was done but this; it goes by itself.
            #expect(left.count <= 1)
            for key in left { #expect(try await fleet.integer("PTTL", key) > 0) }
            #expect(try await fleet.feed.deadLetters().isEmpty)
        }
    }

    @Test("10,000 followers: a worker that goes on starts at the checkpoint; the same job again changes nothing")
    func checkpoint() async throws {
        try await withFleet(runs: false, configure: { ($1.claimAfter, $1.strategy) = (.milliseconds(1), .push) }) { fleet in
            try await prepare(fleet, followers: Self.followers)
            let id = try #require(PostID(try await fleet.post("ann")))
            let job = FanOutJob(post: id, author: UserName("ann"))
            let whole = FaultyRedis(fleet.redis, diesAt: .max, .lostOnTheWay)
            let faulty = FaultyRedis(fleet.redis, diesAt: 120, .lostOnTheWay)
            let dying = worker(fleet, faulty)
            let entry = try await entry(fleet, dying)
            let work = Task { await dying.work(on: entry) }
            try await eventually { faulty.isDead }
            dying.stop()
            work.cancel()
            await work.value
            let beginning = try #require(
                try await FanOut(redis: fleet.redis, configuration: fleet.feed.configuration, job: job).begin(isTry: false))
            #expect(beginning.checkpoint != nil)
            let next = worker(fleet, whole)
            try await eventually("it is done") {
                if let entry = try await next.queue.abandoned() { await next.work(on: entry) }
                return try await fleet.integer("XLEN", NewsFeedKeys.queue) == 0
            }
            #expect(whole.commands < 120, "it began where the other had stopped")
            #expect(try await complete(fleet, followers: Self.followers, [id.member]) == Self.followers / 2)
            // Delivered twice, at once.
            _ = try await fleet.redis.replies(to: [job.queueing, job.queueing], deadline: .seconds(10))
            let (first, second) = (worker(fleet, fleet.redis), worker(fleet, fleet.redis))
            let entries = [try await self.entry(fleet, first), try await self.entry(fleet, second)]
            async let one: Void = first.work(on: entries[0])
            async let two: Void = second.work(on: entries[1])
            _ = await (one, two)
            #expect(try await complete(fleet, followers: Self.followers, [id.member]) == Self.followers / 2)
        }
    }

    @Test("A deletion stops a fan-out that is under way")
    func deletion() async throws {
        try await withFleet(runs: false) { fleet in
            try await prepare(fleet, followers: 3_000)
            let id = try #require(PostID(try await fleet.post("ann")))
            let fanOut = FanOut(
                redis: fleet.redis, configuration: fleet.feed.configuration, job: FanOutJob(post: id, author: UserName("ann")))
            try await fanOut.list()
            var pages = 0
            let feed = fleet.feed
            let written = try await fanOut.push(from: nil) { () throws(RedisError) in
                pages += 1
                if pages == 1 { try? await feed.deletePost(id.text, by: "ann") }
                return true
            }
            // About: of those who came at one moment the last page has a part.
            #expect((499...501).contains(try #require(written)) && pages == 1)
            #expect(try await fleet.feed.feed(of: "u2").items.isEmpty)
        }
    }

    @Test("Ended in order, a worker hands over what it has not finished")
    func handedBack() async throws {
        try await withFleet(runs: false) { fleet in
            try await prepare(fleet, followers: 3_000)
            let id = try #require(PostID(try await fleet.post("ann")))
            let stopping = worker(fleet, fleet.redis)
            let entry = try await entry(fleet, stopping)
            stopping.stop()
            await stopping.work(on: entry)
            let next = worker(fleet, fleet.redis)
            // At once, not after the 15 seconds of who was killed.
            let taken = try #require(try await next.queue.abandoned())
            await next.work(on: taken)
            #expect(try await complete(fleet, followers: 3_000, [id.member]) == 1_500)
        }
    }

    @Test("A worker that is slow and lives keeps its job")
    func renewal() async throws {
        try await withFleet(runs: false, configure: { $1.claimAfter = .seconds(1) }) { fleet in
            try await fleet.post("ann")
            let slow = worker(fleet, fleet.redis)
            let entry = try await entry(fleet, slow)
            let other = worker(fleet, fleet.redis)
            let end = NIODeadline.now() + .seconds(3)
            while NIODeadline.now() < end {
                try await slow.queue.renew(entry.identifier)
                #expect(try await other.queue.abandoned() == nil)
            }
            try await eventually { try await other.queue.abandoned() != nil }
        }
    }

    @Test("What was left is found behind many that are being worked on")
    func abandonedBehindOthers() async throws {
        try await withFleet(runs: false, configure: { $1.claimAfter = .seconds(60) }) { fleet in
            let queue = FanOutWorker(redis: fleet.redis, configuration: fleet.feed.configuration, logger: fleet.feed.logger).queue
            let other = FanOutWorker(redis: fleet.redis, configuration: fleet.feed.configuration, logger: fleet.feed.logger).queue
            try await queue.create()
            for _ in 0..<13 { try await fleet.post("ann") }
            let last = try await fleet.redis.withDedicatedConnection { connection in
                var last: QueueEntry?
                for _ in 0..<13 { last = try await queue.next(on: connection) }
                return last
            }
            #expect(try await other.abandoned() == nil)
            try await queue.handBack(try #require(last).identifier)
            #expect(try await other.abandoned()?.identifier == last?.identifier)
        }
    }

    @Test("A post that always fails becomes a dead letter after five tries, others go on, and replayed it arrives")
    func deadLetters() async throws {
        try await withFleet { fleet in
            try await fleet.feed.follow("ben", "ann")
            try await fleet.feed.follow("ben", "cid")
            _ = try await fleet.feed.feed(of: "ben")
            // Where ann's own list should be lies something else.
            _ = try await fleet.redis.send(RedisCommand("SET", "news-feed:{ann}:posts", "something else"))
            let id = try await fleet.post("ann", "poison")
            _ = try await fleet.redis.send(RedisCommand("XADD", NewsFeedKeys.queue, "*", "no", "job"))
            try await fleet.post("cid", "after it")
            try await fleet.settles()
            let letters = try await fleet.feed.deadLetters()
            #expect(letters.count == 2)
            let letter = try #require(letters.first { $0.post == id })
            #expect(letter.author == "ann" && letter.tries == 5 && letter.reason.contains("WRONGTYPE"))
            let nonsense = try #require(letters.first { $0.post == nil })
            #expect(try await fleet.feed.deadLetters(after: letters[0].id).count == 1)
            #expect(try await fleet.feed.deadLetters(limit: 1).count == 1)
            #expect(try await !fleet.feed.replayDeadLetter(nonsense.id))
            #expect(try await fleet.feed.dropDeadLetter(nonsense.id))
            #expect(try await !fleet.feed.dropDeadLetter(nonsense.id))
            #expect(try await !fleet.feed.dropDeadLetter("nonsense"))
            _ = try await fleet.redis.send(RedisCommand("DEL", "news-feed:{ann}:posts"))
            #expect(try await fleet.feed.replayDeadLetter(letter.id))
            #expect(try await !fleet.feed.replayDeadLetter(letter.id))
            try await fleet.settles()
            #expect(try await fleet.texts(of: "ben") == ["after it", "poison"])
            #expect(try await fleet.feed.deadLetters().isEmpty)
        }
    }

    @Test("Timelines that were lost while they counted as full hold up nobody, and are built anew")
    func lostFullTimelines() async throws {
        try await withFleet(configure: { _, configuration in configuration.timelineLength = 10 }) { fleet in
            // More than a post has tries.
            let readers = (0..<8).map { "reader\($0)" }
            for reader in readers {
                try await fleet.feed.follow(reader, "ann")
                _ = try await fleet.feed.feed(of: reader)
            }
            // As long as a timeline may be without being shortened.
            for number in 0..<11 { try await fleet.post("ann", "\(number)") }
            try await fleet.settles()
            for reader in readers {
                #expect(try await fleet.timeline(of: reader)?.count == 11)
                _ = try await fleet.redis.send(RedisCommand("DEL", "news-feed:{\(reader)}:timeline"))
            }
            try await fleet.post("ann", "last")
            try await fleet.settles()
            #expect(try await fleet.feed.deadLetters().isEmpty)
            for reader in readers {
                #expect(try await fleet.timeline(of: reader) == nil)
                #expect(try await fleet.texts(of: reader) == ["last"] + (0..<11).reversed().map { "\($0)" })
            }
        }
    }

    @Test("A reader whose timeline is something else holds up nobody, and gets a new one")
    func brokenTimeline() async throws {
        try await withFleet { fleet in
            for reader in ["a", "b", "c"] {
                try await fleet.feed.follow(reader, "ann")
                _ = try await fleet.feed.feed(of: reader)
            }
            _ = try await fleet.redis.send(RedisCommand("DEL", "news-feed:{a}:timeline"))
            _ = try await fleet.redis.send(RedisCommand("LPUSH", "news-feed:{a}:timeline", "x"))
            _ = try await fleet.redis.send(RedisCommand("SET", "news-feed:{b}:timeline-state", "x"))
            try await fleet.post("ann")
            try await fleet.settles()
            #expect(try await fleet.feed.deadLetters().isEmpty)
            for reader in ["a", "b", "c"] { #expect(try await fleet.texts(of: reader) == ["text"]) }
            for reader in ["a", "b", "c"] { #expect(try await fleet.timeline(of: reader)?.count == 1) }
        }
    }
}
