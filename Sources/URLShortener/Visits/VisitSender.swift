import Logging
import Redis

/// Sends visits to the stream in numbered batches, each until it is acknowledged.
///
/// One batch is on its way at a time. When its answer does not come, it may have been appended or not: then the very same goes
/// again, and the server tells by its number whether it has it. What comes meanwhile is added up behind it.
actor VisitSender {
    private let redis: any RedisCommands
    private let logger: Logger
    private var waiting: VisitTable
    private var unacknowledged: RedisCommand?
    private var unacknowledgedVisits = 0
    private var lastNumber = 0
    private var isInterrupted = false
    /// Random, so that no two instances share it, nor two lives of one.
    private let instance = String(UInt64.random(in: .min ... .max), radix: 36)

    private static let deadline = Duration.seconds(1)
    /// For how long the server remembers an instance's last number. An answer that was lost must be asked for again by then.
    private static let memory = 7 * 86_400
    private static let maximumLinksOfBatch = 400
    private static let maximumSizeOfBatch = 64 << 10
    /// Entries that may wait in the stream: about 64 MB. While it is full, visits go on being added up here.
    static let maximumEntries = 1024

    init(redis: any RedisCommands, waiting: VisitTable, logger: Logger) {
        (self.redis, self.waiting, self.logger) = (redis, waiting, logger)
    }

    /// How many visits are not known to be in the stream.
    var waitingVisits: Int { waiting.visits + unacknowledgedVisits }

    /// - Returns: how many visits were dropped.
    func accept(_ table: VisitTable) -> Int {
        waiting.add(table)
    }

    /// Sends until nothing waits, or something does not work: then the rest waits for the next time.
    ///
    /// Not called again before it has returned.
    /// - Returns: whether everything is acknowledged.
    func flush() async -> Bool {
        while let batch = nextBatch() {
            do throws(RedisError) {
                let reply: Int = try await redis.send(batch, deadline: Self.deadline).decode()
                guard reply >= 0 else { return interrupted("the stream is full") }
                unacknowledged = nil
                unacknowledgedVisits = 0
                isInterrupted = false
            } catch {
                return interrupted("\(error)")
            }
        }
        return true
    }

    private func nextBatch() -> RedisCommand? {
        if let unacknowledged { return unacknowledged }
        let links = waiting.takeBatch(maximumLinks: Self.maximumLinksOfBatch, maximumSize: Self.maximumSizeOfBatch)
        guard !links.isEmpty else { return nil }
        unacknowledgedVisits = links.reduce(0) { $0 + $1.counts.visits }
        lastNumber += 1
        var arguments: [any RedisArgument] = [lastNumber, Self.memory, Self.maximumEntries]
        for (code, counts) in links { arguments += [code, counts.text] as [any RedisArgument] }
        unacknowledged = VisitScripts.append.call(
            keys: [VisitKeys.stream, VisitKeys.lastBatch(of: instance)], arguments: arguments, isIdempotent: true)
        return unacknowledged
    }

    private func interrupted(_ reason: String) -> Bool {
        // The end of the task is none: the batch goes again before the end of the process.
        if !isInterrupted, !Task.isCancelled { logger.warning("Visits wait in memory", metadata: ["reason": "\(reason)"]) }
        isInterrupted = !Task.isCancelled
        return false
    }
}
