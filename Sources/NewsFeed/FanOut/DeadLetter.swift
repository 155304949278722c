import Redis

/// A post that could not be brought to readers, however often it was tried.
public struct DeadLetter: Sendable, Hashable {
    /// By which it is replayed and dropped.
    public let id: String
    /// nil: what was queued is no job, and cannot be replayed.
    public let post: String?
    public let author: String?
    public let tries: Int
    public let reason: String

    init(id: String, fields: [String: String]) {
        self.id = id
        (post, author) = (fields["id"], fields["author"])
        (tries, reason) = (fields["tries"].flatMap { Int($0) } ?? 0, fields["reason"] ?? "")
    }

    /// Milliseconds since 1970.
    public var buriedAtMilliseconds: Int { Int(id.prefix { $0 != "-" }) ?? 0 }
}

extension NewsFeed {
    /// The dead letters, oldest first.
    /// - Parameters:
    ///   - letter: they begin behind it.
    ///   - limit: 1 to 1,000.
    public func deadLetters(after letter: String? = nil, limit: Int = 100) async throws(NewsFeedError) -> [DeadLetter] {
        guard (1...NewsFeedError.maximumLimit).contains(limit) else { throw .invalidLimit }
        if let letter, !Self.isEntry(letter) { throw .invalidCursor }
        let reply = try await send(
            RedisCommand(
                "XRANGE", NewsFeedKeys.deadLetters, letter.map { "(" + $0 } ?? "-", "+", "COUNT", limit, isIdempotent: true))
        do { return try QueueEntry.entries(reply).map { DeadLetter(id: $0.identifier, fields: $0.fields) } } catch {
            throw .redis(error)
        }
    }

    /// Puts a dead letter into the queue again.
    /// - Returns: false when there is no such dead letter, or it holds no job.
    public func replayDeadLetter(_ id: String) async throws(NewsFeedError) -> Bool {
        guard Self.isEntry(id) else { return false }
        let reply = try await send(RedisCommand("XRANGE", NewsFeedKeys.deadLetters, id, id, isIdempotent: true))
        let job: FanOutJob?
        do { job = try QueueEntry.entries(reply).first.flatMap { FanOutJob(fields: $0.fields) } } catch { throw .redis(error) }
        guard let job else { return false }
        let arguments: [any RedisArgument] = [id] + job.fields as [any RedisArgument]
        return try await send(
            NewsFeedScripts.replayDeadLetter.call(
                keys: [NewsFeedKeys.queue, NewsFeedKeys.deadLetters], arguments: arguments)) == .integer(1)
    }

    /// Deletes a dead letter. The post stays in its author's own list, if it had got there.
    /// - Returns: false when there is no such dead letter.
    public func dropDeadLetter(_ id: String) async throws(NewsFeedError) -> Bool {
        guard Self.isEntry(id) else { return false }
        return try await send(RedisCommand("XDEL", NewsFeedKeys.deadLetters, id, isIdempotent: true)) == .integer(1)
    }

    private static func isEntry(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { UInt64($0) != nil && $0.first != "+" }
    }
}
