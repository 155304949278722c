import Redis
import TestSupport
import Testing

@testable import NewsFeed

@Suite("Follow, unfollow and rebuilding killed at any command show nothing wrong")
struct FollowFaultTests {
    /// An instance that is killed at one command.
    private func dying(_ fleet: Fleet, at number: Int, _ fate: FaultyRedis.Fate) -> (NewsFeed, FaultyRedis) {
        let faulty = FaultyRedis(fleet.redis, diesAt: number, fate)
        let feed = NewsFeed(
            client: fleet.redis, redis: faulty, configuration: fleet.feed.configuration, logger: fleet.feed.logger)
        return (feed, faulty)
    }

    @Test(
        "A follow that was begun: what is posted from then on is seen, too", arguments: FaultyRedis.Fate.allCases, [true, false])
    func follow(fate: FaultyRedis.Fate, isActive: Bool) async throws {
        try await withFleet(configure: { $1.timelineLength = 5 }) { fleet in
            for number in 0..<8 { try await fleet.post("ann", "\(number)") }
            try await fleet.settles()
            var number = 0
            var isDead = true
            while isDead {
                let reader = "reader\(number)"
                if isActive { _ = try await fleet.feed.feed(of: reader) }
                let (feed, faulty) = dying(fleet, at: number, fate)
                try? await feed.follow(reader, "ann")
                isDead = faulty.isDead
                let follows = try await fleet.feed.isFollowing(reader, "ann")
                try await fleet.post("ann", "more")
                try await fleet.settles()
                let texts = try await fleet.feed.posts(of: "ann", limit: 1000).items.map(\.text)
                for _ in 0..<2 {
                    #expect(try await fleet.texts(of: reader, limit: 3) == (follows ? texts : []), "killed at command \(number)")
                }
                // By now it is settled.
                #expect(try await fleet.integer("EXISTS", "news-feed:{\(reader)}:unsettled") == 0)
                #expect(try await fleet.feed.followers(of: "ann", limit: 1000).items.contains(reader) == follows)
                try await fleet.feed.follow(reader, "ann")
                #expect(try await fleet.texts(of: reader) == texts)
                number += 1
            }
            #expect(number > 3)
        }
    }

    @Test("An unfollow that was begun; repeated, nothing is left of it", arguments: FaultyRedis.Fate.allCases)
    func unfollow(fate: FaultyRedis.Fate) async throws {
        try await withFleet { fleet in
            var number = 0
            var isDead = true
            while isDead {
                let reader = "reader\(number)"
                try await fleet.feed.follow(reader, "ann")
                _ = try await fleet.feed.feed(of: reader)
                try await fleet.post("ann")
                try await fleet.settles()
                let (feed, faulty) = dying(fleet, at: number, fate)
                try? await feed.unfollow(reader, "ann")
                isDead = faulty.isDead
                try await fleet.post("ann")
                try await fleet.settles()
                if try await !fleet.feed.isFollowing(reader, "ann") { #expect(try await fleet.texts(of: reader).isEmpty) }
                try await fleet.feed.unfollow(reader, "ann")
                #expect(try await fleet.texts(of: reader).isEmpty)
                #expect(try await fleet.timeline(of: reader)?.isEmpty == true)
                #expect(try await !fleet.feed.followers(of: "ann", limit: 1000).items.contains(reader))
                number += 1
            }
            #expect(number > 3)
        }
    }

    @Test(
        "A rebuilding that was killed is waited for, and then done anew; meanwhile pages are whole",
        arguments: FaultyRedis.Fate.allCases)
    func rebuilding(fate: FaultyRedis.Fate) async throws {
        try await withFleet(configure: { $1.timelineLength = 5 }) { fleet in
            for author in ["ann", "cid"] { try await fleet.feed.follow("ben", author) }
            for number in 0..<9 { try await fleet.post(["ann", "cid", "ben"][number % 3], "\(number)") }
            try await fleet.settles()
            let texts = (0..<9).reversed().map { "\($0)" }
            for number in 0..<14 {
                _ = try await fleet.redis.send(RedisCommand("DEL", "news-feed:{ben}:timeline-state"))
                let (feed, _) = dying(fleet, at: number, fate)
                _ = try? await feed.feed(of: "ben")
                #expect(try await fleet.texts(of: "ben", limit: 2) == texts, "killed at command \(number)")
                if try await fleet.timeline(of: "ben") == nil {
                    // As if five seconds had gone.
                    _ = try await fleet.redis.send(RedisCommand("HSET", "news-feed:{ben}:timeline-state", "began", 0))
                    #expect(try await fleet.texts(of: "ben", limit: 2) == texts)
                }
                #expect(try await fleet.timeline(of: "ben") != nil)
            }
        }
    }

    @Test("An unfollow that comes to its end after the next follow takes nothing away")
    func lateUnfollow() async throws {
        try await withFleet { fleet in
            try await fleet.feed.follow("ben", "ann")
            _ = try await fleet.feed.feed(of: "ben")
            let id = try #require(PostID(try await fleet.post("ann")))
            try await fleet.settles()
            let late = NewsFeedScripts.purgeTimeline.call(
                keys: [
                    NewsFeedKeys.timeline(of: UserName("ben")), NewsFeedKeys.state(of: UserName("ben")),
                    NewsFeedKeys.following(of: UserName("ben")),
                ], arguments: ["ann", id.member])
            #expect(try await fleet.redis.send(late) == .integer(0))
            #expect(try await fleet.timeline(of: "ben") == [id.member])
            try await fleet.feed.unfollow("ben", "ann")
            #expect(try await fleet.timeline(of: "ben") == [])
        }
    }

    @Test("Names that begin with what joins the character before them are followed and listed like others")
    func joiningNames() async throws {
        try await withFleet(runs: false) { fleet in
            let names = ["\u{301}x", "\u{FE0F}", "\u{200D}a", "plain"]
            for name in names { try await fleet.feed.follow("ben", name) }
            let listed = try await all { try await fleet.feed.following(of: "ben", after: $0, limit: 1) }
            #expect(listed.map { Array($0.utf8) } == names.reversed().map { Array($0.utf8) })
            for name in names {
                let id = PostID(createdAtMicroseconds: 1_000_000)
                let announced = Announcement(FanOutJob(post: id, author: UserName(name)), timelines: 3)
                #expect(Announcement(text: announced.text) == announced)
            }
        }
    }

    @Test("Followed and unfollowed at once by many: in the end both sides agree")
    func races() async throws {
        try await withFleet(of: 3) { fleet in
            for round in 0..<10 {
                let reader = "reader\(round)"
                try await withThrowingTaskGroup { group in
                    for index in 0..<12 {
                        group.addTask {
                            if (index + round).isMultiple(of: 2) {
                                try await fleet[index].follow(reader, "ann")
                            } else {
                                try await fleet[index].unfollow(reader, "ann")
                            }
                        }
                        if index == 6 { group.addTask { _ = try await fleet[0].feed(of: reader) } }
                    }
                    try await group.waitForAll()
                }
                let follows = try await fleet.feed.isFollowing(reader, "ann")
                #expect(try await fleet.feed.followers(of: "ann", limit: 1000).items.contains(reader) == follows)
            }
        }
    }
}
