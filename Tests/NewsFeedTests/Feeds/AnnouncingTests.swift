import Redis
import Testing

@testable import NewsFeed

@Suite("Whom announcements concern, and how far fan-out is behind")
struct AnnouncingTests {
    private func announcement(_ author: String) throws -> Announcement {
        try #require(Announcement(text: "0000000000000 - \(author)"))
    }

    @Test("Those who follow the author now, from whichever instance, and himself; names count byte for byte")
    func audience() async throws {
        try await withFleet(of: 2, runs: false) { fleet in
            let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
            let all = try ["ann", composed, "bob"].map(announcement)
            let users = ["reader", "ann", decomposed, "reader", "nobody"]
            func concerned(_ index: Int) async throws -> [[String]] {
                try await fleet[index].audience(of: all, among: users).map { $0.map(\.author) }
            }
            #expect(try await concerned(0) == [[], ["ann"], [], [], []])
            for round in 0..<3 {
                try await fleet[round].follow("reader", composed)
                try await fleet[round].follow(decomposed, "bob")
                for index in 0..<2 {
                    #expect(try await concerned(index) == [[composed], ["ann"], ["bob"], [composed], []])
                }
                try await fleet[round].unfollow("reader", composed)
                for index in 0..<2 { #expect(try await concerned(index) == [[], ["ann"], ["bob"], [], []]) }
            }
            #expect(try await fleet.feed.audience(of: [], among: users) == [[], [], [], [], []])
            #expect(try await fleet.feed.audience(of: all, among: []).isEmpty)
        }
    }

    @Test("A queue is stalled when its oldest post has waited for long and nobody has it")
    func stalled() async throws {
        try await withFleet(runs: false) { fleet in
            let empty = try await fleet.feed.queueLag()
            #expect(empty == QueueLag(waiting: 0, oldestAge: .zero, isStalled: false))
            let job = FanOutJob(post: PostID(createdAtMicroseconds: 0), author: UserName("ann"))
            _ = try await fleet.redis.send(
                RedisCommand("XADD", arguments: [NewsFeedKeys.queue, "1-1"] + job.fields as [any RedisArgument]))
            try await fleet.post("bob")
            let lag = try await fleet.feed.queueLag()
            #expect(lag.waiting == 2 && lag.oldestAge > .seconds(1_000_000_000) && lag.isStalled)

            let queue = fleet.feed.worker.queue
            try await queue.create()
            #expect(try await fleet.feed.queueLag().isStalled)
            _ = try await fleet.redis.send(
                RedisCommand(
                    "XREADGROUP", "GROUP", NewsFeedKeys.group, queue.consumer, "COUNT", 1, "STREAMS", NewsFeedKeys.queue, ">"))
            #expect(try await !fleet.feed.queueLag().isStalled)
            // Nobody has spoken of it since.
            try await queue.handBack("1-1")
            #expect(try await fleet.feed.queueLag().isStalled)
            try await queue.renew("1-1")
            #expect(try await !fleet.feed.queueLag().isStalled)
            try await queue.finish("1-1", of: job)
            let rest = try await fleet.feed.queueLag()
            #expect(rest.waiting == 1 && !rest.isStalled)
        }
    }
}
