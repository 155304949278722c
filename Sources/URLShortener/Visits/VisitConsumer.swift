import Logging
import Metrics
import NIOCore
import Redis
import ServiceLifecycle
import Synchronization

/// Takes visits from the stream to the counters of their links: each once, whoever is killed when.
///
/// Every instance runs one; the one with the lease works, and when it is gone another goes on. The lease only spares
/// double work. What makes each visit count once: an entry is deleted when all its links have counted it and not before,
/// entries are counted in their order, and a link refuses what is not behind the last that it has counted. See `count_visits.lua`.
final class VisitConsumer: Sendable {
    struct Configuration: Sendable {
        /// So long after a consumer was killed another goes on.
        var lease: Duration = .seconds(1)
        /// Between two looks when there was nothing.
        var interval: Duration = .milliseconds(100)
        /// Of one link, so many referrers are told apart; the rest is `other`.
        var maximumReferrers = 200
        /// So many links are counted in one call: few enough for Redis to answer others in between.
        var linksPerCall = 64
    }

    private static let deadline = Duration.seconds(2)
    private static let entriesPerTurn = 16

    private let redis: any RedisCommands
    private let configuration: Configuration
    private let logger: Logger
    private let token = String(UInt64.random(in: .min ... .max), radix: 36)
    private let lastTurnAt = Mutex<NIODeadline?>(nil)
    private let waiting = Gauge(label: "url_shortener_visit_batches_waiting")
    private let discarded = Counter(label: "url_shortener_visits_discarded_total")

    init(
        redis: any RedisCommands, configuration: Configuration = .init(), logger: Logger = Logger(label: "url-shortener")
    ) {
        (self.redis, self.configuration, self.logger) = (redis, configuration, logger)
    }

    /// Whether it has counted, or seen that another has the lease, within the last two seconds.
    func isWorking(now: NIODeadline) -> Bool {
        lastTurnAt.withLock { $0.map { $0 + .seconds(2) > now } ?? false }
    }

    /// Runs until the task is cancelled or the service group shuts down; then gives the lease back.
    func run() async {
        await cancelWhenGracefulShutdown { await self.consume() }
        await Task { await self.releaseLease() }.value
    }

    /// How far this consumer has come, and with which server: one that was restarted may have lost it.
    struct Progress: Sendable {
        var server = ""
        /// Counted, and not known to be deleted.
        var counted: [String] = []
    }

    private func consume() async {
        var progress = Progress()
        while !Task.isCancelled {
            do throws(RedisError) {
                // One after the other: a link must not see a later one before this has reached it.
                for entry in try await read(&progress) {
                    try await count(entry, readFrom: progress.server)
                    progress.counted.append(entry.identifier)
                }
                lastTurnAt.withLock { $0 = .now() }
                if !progress.counted.isEmpty { continue }
            } catch {
                logger.debug("Visits not counted", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: configuration.interval)
        }
    }

    /// Deletes what was counted, and reads what comes next: nothing when another has the lease.
    func read(_ progress: inout Progress) async throws(RedisError) -> [VisitEntry] {
        let lease = Int(configuration.lease / .milliseconds(1))
        var arguments: [any RedisArgument] = [token, lease, Self.entriesPerTurn, progress.server]
        arguments += progress.counted as [any RedisArgument]
        let reply = try await redis.send(
            VisitScripts.read.call(keys: [VisitKeys.lease, VisitKeys.stream], arguments: arguments, isIdempotent: true),
            deadline: Self.deadline)
        progress.counted = []
        guard case .array(let parts) = reply, parts.count == 3 else { return [] }
        progress.server = try parts[0].decode()
        waiting.record(try parts[1].decode(as: Int.self))
        return try parts[2].decode()
    }

    func count(_ entry: VisitEntry, readFrom server: String) async throws(RedisError) {
        discard(entry.unreadable, "not understood")
        var latest: StreamIdentifier?
        for start in stride(from: 0, to: entry.links.count, by: configuration.linksPerCall) {
            let links = entry.links[start..<min(start + configuration.linksPerCall, entry.links.count)]
            let replies: [RedisValue] = try await redis.send(call(entry.identifier, server, links), deadline: Self.deadline)
                .decode()
            for reply in replies {
                if case .integer(-1) = reply { discard(1, "something else lies under the keys of a link") }
                if case .bytes(let known) = reply, let known = StreamIdentifier(String(decoding: known, as: UTF8.self)) {
                    latest = max(latest ?? known, known)
                }
            }
        }
        // Usually another consumer was here before. But it may be that the stream has lost its end.
        if let latest { try await raiseStream(past: latest) }
    }

    private func raiseStream(past identifier: StreamIdentifier) async throws(RedisError) {
        let call = VisitScripts.raise.call(keys: [VisitKeys.stream], identifier.description, isIdempotent: true)
        guard try await redis.send(call, deadline: Self.deadline).decode(as: Bool.self) else { return }
        logger.warning("The stream of visits had lost its end", metadata: ["raisedTo": "\(identifier)"])
    }

    private func call(
        _ identifier: String, _ server: String, _ links: ArraySlice<(code: String, counts: VisitCounts)>
    ) -> RedisCommand {
        var keys: [String] = []
        var arguments: [any RedisArgument] = [identifier, server, configuration.maximumReferrers]
        for (code, counts) in links {
            keys += [VisitKeys.statistics(of: code), VisitKeys.visitors(of: code)]
            arguments +=
                [counts.lastVisitAt, counts.counters.count, counts.referrers.count, counts.visitors.count] as [any RedisArgument]
            for counter in counts.counters + counts.referrers {
                arguments += [counter.name, counter.amount] as [any RedisArgument]
            }
            arguments += counts.visitors as [any RedisArgument]
        }
        return VisitScripts.count.call(keys: keys, arguments: arguments, isIdempotent: true)
    }

    private func discard(_ links: Int, _ reason: String) {
        guard links > 0 else { return }
        discarded.increment(by: links)
        logger.error("Visits of a link cannot be counted", metadata: ["links": "\(links)", "reason": "\(reason)"])
    }

    private func releaseLease() async {
        // Otherwise it ends by itself.
        _ = try? await redis.send(
            VisitScripts.releaseLease.call(keys: [VisitKeys.lease], token, isIdempotent: true), deadline: Self.deadline)
    }
}
