import NIOCore
import Redis

/// The queue between posting and fan-out: a stream with a group of workers.
struct JobQueue: Sendable {
    let redis: any RedisCommands
    let configuration: NewsFeedConfiguration
    /// By which Redis knows whose jobs they are.
    let consumer = RandomText.next()

    private static let blockMilliseconds = 500
    /// A worker that has asked for nothing for so long is gone.
    private static let goneMilliseconds = 3_600_000
    private static let deadLettersKept = 10_000

    func create() async throws(RedisError) {
        do {
            _ = try await send(RedisCommand("XGROUP", "CREATE", NewsFeedKeys.queue, NewsFeedKeys.group, 0, "MKSTREAM"))
        } catch {
            if error.reply?.kind != "BUSYGROUP" { throw error }
        }
    }

    /// The next job that nobody has; nil: there was none for a while.
    func next(on connection: RedisConnection) async throws(RedisError) -> QueueEntry? {
        let reply = try await connection.send(
            RedisCommand(
                "XREADGROUP", "GROUP", NewsFeedKeys.group, consumer, "COUNT", 1, "BLOCK", Self.blockMilliseconds, "STREAMS",
                NewsFeedKeys.queue, ">"),
            deadline: .milliseconds(Self.blockMilliseconds) + configuration.longDeadline)
        guard reply != .null else { return nil }
        let streams: [[RedisValue]] = try reply.decode()
        guard let stream = streams.first, stream.count == 2 else { return nil }
        return try QueueEntry.jobs(stream[1]).first
    }

    /// A job whose worker has not spoken of it for long.
    func abandoned() async throws(RedisError) -> QueueEntry? {
        // Redis looks at a few at a time, and those before it may all be worked on.
        var cursor = "0-0"
        repeat {
            let parts: [RedisValue] = try await send(
                RedisCommand(
                    "XAUTOCLAIM", NewsFeedKeys.queue, NewsFeedKeys.group, consumer, claimAfterMilliseconds, cursor, "COUNT", 1)
            ).decode()
            guard parts.count > 1 else { return nil }
            if let entry = try QueueEntry.jobs(parts[1]).first { return entry }
            cursor = try parts[0].decode()
        } while cursor != "0-0"
        return nil
    }

    private var claimAfterMilliseconds: Int { Int(configuration.claimAfter / .milliseconds(1)) }

    /// Says that somebody works on it.
    func renew(_ identifier: String) async throws(RedisError) {
        _ = try await claim(identifier, idleMilliseconds: 0)
    }

    /// Says that nobody works on it: at once another may.
    func handBack(_ identifier: String) async throws(RedisError) {
        _ = try await claim(identifier, idleMilliseconds: 10 * claimAfterMilliseconds)
    }

    private func claim(_ identifier: String, idleMilliseconds: Int) async throws(RedisError) -> RedisValue {
        try await send(
            RedisCommand(
                "XCLAIM", NewsFeedKeys.queue, NewsFeedKeys.group, consumer, 0, identifier, "IDLE", idleMilliseconds, "JUSTID",
                isIdempotent: true))
    }

    func finish(_ identifier: String, of job: FanOutJob) async throws(RedisError) {
        _ = try await redis.replies(
            to: [
                NewsFeedScripts.finishJob.call(
                    keys: [NewsFeedKeys.queue], NewsFeedKeys.group, identifier, isIdempotent: true),
                RedisCommand("DEL", NewsFeedKeys.fanOut(job.post), isIdempotent: true),
            ], deadline: configuration.redisDeadline)
    }

    /// Puts it with the dead letters.
    func bury(_ entry: QueueEntry, tries: Int, reason: String) async throws(RedisError) {
        var fields = entry.job?.fields ?? []
        fields += ["entry", entry.identifier, "tries", "\(tries)", "reason", reason]
        let arguments: [any RedisArgument] = [NewsFeedKeys.group, entry.identifier, Self.deadLettersKept]
        _ = try await send(
            NewsFeedScripts.deadLetter.call(
                keys: [NewsFeedKeys.queue, NewsFeedKeys.deadLetters], arguments: arguments + fields as [any RedisArgument]))
        // When it is replayed it has all its tries again, and goes on where it stopped.
        guard let job = entry.job else { return }
        _ = try? await send(RedisCommand("HDEL", NewsFeedKeys.fanOut(job.post), "tries", isIdempotent: true))
    }

    func removeGone() async throws(RedisError) { try await remove("") }

    /// This worker ends. With a job it stays known, until another has taken that over.
    func leave() async throws(RedisError) { try await remove(consumer) }

    private func remove(_ consumer: String) async throws(RedisError) {
        _ = try await send(
            NewsFeedScripts.removeConsumers.call(
                keys: [NewsFeedKeys.queue], NewsFeedKeys.group, consumer, Self.goneMilliseconds, isIdempotent: true))
    }

    private func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await redis.send(command, deadline: configuration.redisDeadline)
    }
}

/// Tells the others now and then that a job is being worked on.
struct JobRenewal: Sendable {
    let queue: JobQueue
    let identifier: String
    private var last = NIODeadline.now()

    init(queue: JobQueue, identifier: String) {
        (self.queue, self.identifier) = (queue, identifier)
    }

    mutating func renewIfDue() async throws(RedisError) {
        guard .now() >= last + TimeAmount(queue.configuration.claimAfter / 3) else { return }
        try await queue.renew(identifier)
        last = .now()
    }
}
