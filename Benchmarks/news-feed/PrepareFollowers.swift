import ArgumentParser
import NewsFeed
import Redis

/// Makes an author's followers, with full timelines.
///
/// One timeline is filled by fan-outs. The followers get copies of it, made when it had 800 entries, 801, and so on to the 880 with
/// which it is shortened next: as timelines are that have been written to for long.
struct PrepareFollowers: AsyncParsableCommand {
    @Option(help: "Unix socket of Redis.")
    var socket: String
    @Option(help: "How many follow the author.")
    var followers = 10_000

    func run() async throws {
        var settings = NewsFeedConfiguration()
        settings.strategy = .push
        let lengths = settings.timelineLength...settings.timelineLength + settings.timelineLength / 10
        try await withNewsFeed(socket: socket, settings) { feed, redis in
            try await concurrently(0..<followers) { try await feed.follow(Followers.name($0), Followers.author) }

            try await feed.follow("model", "others")
            _ = try await feed.feed(of: "model")
            for count in 1...lengths.upperBound {
                _ = try await feed.post(NewPost(author: "others", text: "Post \(count)"))
                guard lengths.contains(count) else { continue }
                try await settle(feed)
                let numbers = stride(from: count - lengths.lowerBound, to: followers, by: lengths.count)
                let copies = numbers.flatMap { number in
                    ["timeline", "timeline-state"].map { part in
                        RedisCommand("COPY", "news-feed:{model}:\(part)", "news-feed:{\(Followers.name(number))}:\(part)")
                    }
                }
                for reply in await redis.pipeline(copies, deadline: .seconds(30)) {
                    guard try reply.get() == .integer(1) else { throw ValidationError("there is no timeline to be copied") }
                }
            }
        }
    }
}
