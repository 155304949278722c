import Logging
import Metrics
import NIOCore
import Redis
import ServiceLifecycle
import Synchronization

/// Counts visits in memory, where it costs a redirect next to nothing, and hands them to the stream five times a second.
///
/// ``run()`` must be running. What is recorded and not handed over yet is lost when the process is killed: that of at most
/// one interval while Redis works. An orderly end hands over everything.
final class VisitRecorder: Sendable {
    struct Configuration: Sendable {
        var interval: Duration = .milliseconds(200)
        /// While Redis is gone, visits of so many links are kept. Visits of further links are dropped, and counted as such.
        var maximumLinks = 131_072
        /// While Redis is gone, so many visitors, referrers and countries are kept. Beyond that, visits are only counted.
        var maximumDetails = 1_048_576
        /// An orderly end waits so long for Redis.
        var patience: Duration = .seconds(5)
    }

    /// What one event loop, or a few, have recorded since the last time.
    private final class Shard: Sendable {
        let table: Mutex<VisitTable>
        init(_ table: VisitTable) { self.table = Mutex(table) }
    }

    private static let shardCount = 16
    private let configuration: Configuration
    private let emptyTable: VisitTable
    private let shards: [Shard]
    private let sender: VisitSender
    private let logger: Logger
    private let dropped = Counter(label: "url_shortener_visits_dropped_total")

    init(
        redis: any RedisCommands, configuration: Configuration = .init(), logger: Logger = Logger(label: "url-shortener")
    ) {
        (self.configuration, self.logger) = (configuration, logger)
        let table = VisitTable(maximumLinks: configuration.maximumLinks, maximumDetails: configuration.maximumDetails)
        emptyTable = table
        shards = (0..<Self.shardCount).map { _ in Shard(table) }
        sender = VisitSender(redis: redis, waiting: table, logger: logger)
    }

    /// Records one visit. Never waits for Redis.
    /// - Parameter eventLoop: the caller's, so that event loops do not wait for one another.
    func record(_ visit: Visit, on eventLoop: (any EventLoop)? = nil) {
        let isKept = shard(of: eventLoop).table.withLock { $0.add(visit) }
        if !isKept { dropped.increment() }
    }

    /// Runs until the task is cancelled or the service group shuts down; then hands over what there is.
    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: self.configuration.interval)
                _ = await self.flush()
            }
        }
        // A task of its own: this one may be cancelled.
        await Task { await self.finish() }.value
    }

    /// - Returns: whether all that was recorded before is in the stream.
    private func flush() async -> Bool {
        for shard in shards {
            let table = shard.table.withLock { table in
                let recorded = table
                table = emptyTable
                return recorded
            }
            guard !table.isEmpty else { continue }
            let count = await sender.accept(table)
            if count > 0 { dropped.increment(by: count) }
        }
        return await sender.flush()
    }

    private func finish() async {
        let deadline = ContinuousClock.now + configuration.patience
        while !(await flush()) {
            guard ContinuousClock.now < deadline else {
                let visits = await sender.waitingVisits
                dropped.increment(by: visits)
                return logger.error("Visits are lost: Redis does not take them", metadata: ["visits": "\(visits)"])
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func shard(of eventLoop: (any EventLoop)?) -> Shard {
        guard let eventLoop else { return shards[0] }
        return shards[Int(UInt(bitPattern: ObjectIdentifier(eventLoop).hashValue) % UInt(Self.shardCount))]
    }
}
