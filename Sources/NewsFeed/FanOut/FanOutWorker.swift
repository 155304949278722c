public import Logging
import Metrics
import NIOCore
public import Redis
public import ServiceLifecycle
import Synchronization

/// Takes posts from the queue and brings them to readers. Any number of them share the queue; it also works alone, in a process
/// of its own.
///
/// A job is deleted when it is done and not before. One whose worker is gone is taken over by another, which goes on where it stopped.
public final class FanOutWorker: Service {
    let redis: any RedisCommands
    let client: RedisClient
    let configuration: NewsFeedConfiguration
    let logger: Logger
    let queue: JobQueue
    private let state = Mutex(State())
    private let entries = Counter(label: "news_feed_timeline_entries_total")
    private let deadLetters = Counter(label: "news_feed_dead_letters_total")

    private struct State {
        var isStopping = false
        /// When a lane last had an answer from the queue, or got on with a long fan-out.
        var lastTurnAt: NIODeadline?
    }

    public convenience init(
        redis: RedisClient, configuration: NewsFeedConfiguration = .init(), logger: Logger = Logger(label: "news-feed")
    ) {
        self.init(client: redis, redis: redis, configuration: configuration, logger: logger)
    }

    /// - Parameter redis: what commands go through that do not block.
    init(client: RedisClient, redis: any RedisCommands, configuration: NewsFeedConfiguration, logger: Logger) {
        (self.client, self.redis, self.configuration, self.logger) = (client, redis, configuration, logger)
        queue = JobQueue(redis: redis, configuration: configuration)
    }

    /// Whether the queue has answered within the last five seconds.
    func isWorking(now: NIODeadline) -> Bool {
        state.withLock { $0.lastTurnAt.map { $0 + .seconds(5) > now } ?? false }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }
    func noteTurn() { state.withLock { $0.lastTurnAt = .now() } }

    /// Runs until the task is cancelled or the service group shuts down. What is under way then is finished as far as the next
    /// checkpoint, and handed back.
    public func run() async throws {
        state.withLock { $0.isStopping = false }
        await cancelWhenGracefulShutdown {
            await withTaskCancellationHandler {
                // Not cancelled itself: what Redis has handed over in the last moment must not be dropped.
                await Task { await self.runLanes() }.value
            } onCancel: {
                self.stop()
            }
        }
    }

    /// What is under way goes on to the next checkpoint.
    func stop() { state.withLock { $0.isStopping = true } }

    private func runLanes() async {
        await withTaskGroup { group in
            for _ in 0..<max(1, configuration.workerLanes) { group.addTask { await self.runLane() } }
            group.addTask { await self.takeOver() }
            await group.waitForAll()
        }
        try? await queue.leave()
    }

    private func runLane() async {
        while !isStopping {
            do {
                try await client.withDedicatedConnection { connection in
                    while !isStopping {
                        let entry = try await queue.next(on: connection)
                        noteTurn()
                        if let entry { await work(on: entry) }
                    }
                }
            } catch {
                await pause(after: error)
            }
        }
    }

    /// Goes on with what other workers have left.
    private func takeOver() async {
        while !isStopping {
            do {
                if let entry = try await queue.abandoned() {
                    await work(on: entry)
                    continue
                }
                try await queue.removeGone()
            } catch {
                await pause(after: error)
            }
            let interval = min(.seconds(1), configuration.claimAfter / 4)
            let end = NIODeadline.now() + TimeAmount(interval)
            while !isStopping, .now() < end { try? await Task.sleep(for: min(interval, .milliseconds(50))) }
        }
    }

    private func pause(after error: any Error) async {
        logger.debug("The queue cannot be read", metadata: ["error": "\(error)"])
        if let error = error as? RedisError, error.reply?.kind == "NOGROUP" { try? await queue.create() }
        try? await Task.sleep(for: .milliseconds(100))
    }

    /// Works on one job until it is done, given up, or handed back.
    func work(on entry: QueueEntry) async {
        guard let job = entry.job else {
            await giveUp(entry, tries: 0, reason: "it is no job")
            return
        }
        let fanOut = FanOut(redis: redis, configuration: configuration, job: job)
        var renewal = JobRenewal(queue: queue, identifier: entry.identifier)
        var failures = 0
        var reason = "its workers were lost"
        while true {
            do throws(RedisError) {
                let isDone = try await attempt(fanOut, isTry: failures == 0 || reason != Self.away, &renewal, &reason)
                switch isDone {
                case .done:
                    try await queue.finish(entry.identifier, of: job)
                    return
                case .left:
                    try await queue.handBack(entry.identifier)
                    return
                case .hopeless(let tries):
                    await giveUp(entry, tries: tries, reason: reason)
                    return
                }
            } catch {
                failures += 1
                if isOfTheJob(error) {
                    reason = "\(error)"
                    logger.warning(
                        "A post was not brought to readers", metadata: ["post": "\(job.post.text)", "error": "\(reason)"])
                    // Redis may be unable even to count its tries.
                    if failures > 2 * configuration.maximumTries { return await giveUp(entry, tries: failures, reason: reason) }
                } else {
                    reason = Self.away
                }
            }
            if isStopping {
                try? await queue.handBack(entry.identifier)
                return
            }
            try? await Task.sleep(for: Self.pause(after: failures))
            _ = try? await renewal.renewIfDue()
        }
    }

    private static let away = "Redis was away"

    private static func pause(after failures: Int) -> Duration {
        .milliseconds(min(1000, 50 << min(failures, 5)))
    }

    private enum Outcome {
        case done, left
        case hopeless(tries: Int)
    }

    private func attempt(
        _ fanOut: FanOut, isTry: Bool, _ renewal: inout JobRenewal, _ reason: inout String
    ) async throws(RedisError) -> Outcome {
        guard let beginning = try await fanOut.begin(isTry: isTry) else { return .done }
        if beginning.tries > configuration.maximumTries { return .hopeless(tries: beginning.tries - 1) }
        try await fanOut.list()
        var timelines: Int?
        switch beginning.mode {
        case .pull: try await fanOut.markPulled()
        case .push:
            if configuration.pushes != nil { try await fanOut.markPulled() }
            var kept = renewal
            defer { renewal = kept }
            let written = try await fanOut.push(from: beginning.checkpoint) { () throws(RedisError) in
                try await kept.renewIfDue()
                noteTurn()
                return !isStopping
            }
            guard let written else { return .left }
            entries.increment(by: written)
            timelines = written
        }
        // What is lost of this, nobody misses: it is no more than a hint.
        _ = try? await redis.send(
            RedisCommand(
                "PUBLISH", NewsFeedKeys.channel, Announcement(fanOut.job, timelines: timelines).text, isIdempotent: true),
            deadline: configuration.redisDeadline)
        return .done
    }

    private func giveUp(_ entry: QueueEntry, tries: Int, reason: String) async {
        do {
            try await queue.bury(entry, tries: tries, reason: reason)
            deadLetters.increment()
            logger.error("A post became a dead letter", metadata: ["entry": "\(entry.identifier)", "reason": "\(reason)"])
        } catch {
            // It stays where it is, and is taken up again.
            logger.error("A post could not become a dead letter", metadata: ["error": "\(error)"])
        }
    }

    private static let passing: Set<Substring> = [
        "LOADING", "BUSY", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "TRYAGAIN", "OOM", "MISCONF", "NOREPLICAS", "NOAUTH",
    ]

    /// Whether it will fail again for the same reason, as opposed to what concerns all commands for a while.
    private func isOfTheJob(_ error: RedisError) -> Bool {
        guard let reply = error.reply else { return error.code == .unexpectedReply }
        return !Self.passing.contains(reply.kind)
    }
}
