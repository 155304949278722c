import Redis

/// What lies in the queue: which post is to be brought to readers.
struct FanOutJob: Sendable, Hashable {
    let post: PostID
    let author: UserName

    init(post: PostID, author: UserName) {
        (self.post, self.author) = (post, author)
    }

    var fields: [String] { ["id", post.text, "author", author.text] }

    /// Queued twice it is done twice, which changes nothing.
    var queueing: RedisCommand {
        RedisCommand(
            "XADD", arguments: [NewsFeedKeys.queue, "*"] + fields as [any RedisArgument], isIdempotent: true)
    }

    /// nil: it is none.
    init?(fields: [String: String]) {
        guard let post = fields["id"].flatMap({ PostID($0) }), let author = fields["author"], !author.isEmpty else { return nil }
        self.init(post: post, author: UserName(author))
    }
}

/// An entry of the queue.
struct QueueEntry: Sendable {
    let identifier: String
    /// nil: what was queued is no job.
    let job: FanOutJob?

    /// Entries as `XRANGE` gives them; those that were deleted are passed over.
    static func entries(_ value: RedisValue) throws(RedisError) -> [(identifier: String, fields: [String: String])] {
        guard value != .null else { return [] }
        var entries: [(identifier: String, fields: [String: String])] = []
        for entry: RedisValue in try value.decode(as: [RedisValue].self) {
            guard case .array(let parts) = entry, parts.count == 2, case .array(let texts) = parts[1] else { continue }
            // Whatever somebody has put there.
            let strings = texts.map { (try? $0.decode(as: String.self)) ?? "" }
            var fields: [String: String] = [:]
            for index in stride(from: 0, to: strings.count - 1, by: 2) { fields[strings[index]] = strings[index + 1] }
            entries.append((try parts[0].decode(), fields))
        }
        return entries
    }

    static func jobs(_ value: RedisValue) throws(RedisError) -> [QueueEntry] {
        try entries(value).map { QueueEntry(identifier: $0.identifier, job: FanOutJob(fields: $0.fields)) }
    }
}
