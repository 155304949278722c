import Metrics
import NIOCore

/// Values that Redis holds, kept in memory until Redis says that they changed.
///
/// Redis tells of each write to a key with the cache's prefix (`CLIENT TRACKING`, broadcasting mode), on a connection that
/// ``run()`` keeps up; while nothing changes, a key that everybody asks for costs Redis one read. Absent keys are
/// remembered too.
///
/// What it promises:
/// - A value that a write has made stale is not given out any more once the invalidation has arrived: milliseconds after the
///   write was acknowledged.
/// - However the connection fails, also when nobody notices, it is not given out later than 1.5 s after the write was
///   acknowledged (``trustWindow``). When the loss is noticed, no value that was read before is given out.
/// - The exception is what the caller asks for by name: ``lastKnown(_:)``, for when Redis does not answer. What was read before a
///   loss is gone when the connection is back.
///
/// A key that expires counts as written when Redis removes it, which it does when the key is next asked for, or in the
/// background, mostly within a tenth of a second, later when very many expire together. A caller to whom the very moment
/// matters keeps it in the value. `SWAPDB` tells nobody: do not use it on the cache's keys.
///
/// Redis 6 or later. A user of an access control list needs `+client|id`, `+client|tracking`, `+subscribe` and the channel
/// `&__redis__:invalidate`.
public final class RedisCache<Value: Sendable>: Sendable {
    private let client: RedisClient
    private let keys: CacheKeySpace
    private let shards: CacheShards
    private let readers: [NIOLoopBoundBox<CacheReader>]
    private let metrics: CacheMetrics

    /// - Parameters:
    ///   - prefix: how the cache's keys begin in Redis. Each write to a key that begins so is sent to each cache.
    ///   - suffix: how they end. What else has the prefix is not of this cache.
    ///   - capacity: so many keys are remembered at most, and an eighth of it of absent ones; those that were not used lately
    ///     make room.
    ///   - longestValue: in bytes; what is longer is read anew each time, by all who ask at once together.
    ///   - deadline: how long a read may take; nil: what the client is configured with.
    ///   - decode: makes a value of a key's bytes; nil when there is no such key. Pure: it may be called again.
    public init(
        client: RedisClient, prefix: String, suffix: String = "", capacity: Int, longestValue: Int = .max,
        deadline: Duration? = nil,
        decode: @escaping @Sendable ([UInt8]?) -> Value
    ) {
        self.client = client
        let keys = CacheKeySpace(prefix: prefix, suffix: suffix)
        let shards = CacheShards(capacity: capacity)
        let metrics = CacheMetrics(prefix: prefix)
        let boxed: @Sendable ([UInt8]?) -> CacheContent = { CacheBox<Value>(decode($0)) }
        (self.keys, self.shards, self.metrics) = (keys, shards, metrics)
        readers = client.connections.map { connection in
            .makeBoxSendingValue(
                CacheReader(
                    shards: shards, keys: keys, longestValue: longestValue, deadline: deadline, metrics: metrics, decode: boxed),
                eventLoop: connection.eventLoop)
        }
    }

    // MARK: Asking

    /// The value of a key as far as it is known now, without asking Redis; nil when it is not, or may be stale. From any thread.
    public func known(_ key: RedisCacheKey) -> Value? {
        guard let content = shards[key].withTable({ $0.known(key, now: .now()) }) else { return nil }
        metrics.hits.increment()
        return CacheBox<Value>.value(in: content)
    }

    /// The value of a key from memory, or else from Redis: one `GET` for all who ask for it meanwhile on the event loop.
    ///
    /// Who joins a `GET` shares its deadline. None is joined that a write was heard of since it was sent.
    /// - Parameters:
    ///   - connection: of the cache's client, or another on one of that client's event loops.
    ///   - completion: called on the event loop; at once when the value is known.
    /// - Precondition: the caller runs on the connection's event loop.
    public func value(
        of key: RedisCacheKey, on connection: RedisConnection, completion: @escaping (Result<Value, RedisError>) -> Void
    ) {
        guard let index = client.connections.firstIndex(where: { $0.eventLoop === connection.eventLoop }) else {
            preconditionFailure("not an event loop of the cache's client")
        }
        readers[index].value.value(of: key, on: connection) { completion($0.map(CacheBox<Value>.value)) }
    }

    /// The value of a key from memory, or else from Redis. Cancellation does not end the wait; the deadline does.
    public func value(of key: RedisCacheKey) async throws(RedisError) -> Value {
        if let value = known(key) { return value }
        // A key has one event loop, so that all tasks that ask for it share a read.
        let connection = client.connections[Int(UInt(bitPattern: key.hash) % UInt(client.connections.count))]
        return try await withCheckedContinuation { continuation in
            connection.eventLoop.execute {
                self.value(of: key, on: connection) { continuation.resume(returning: $0) }
            }
        }.get()
    }

    /// The value that was read last, however long ago, unless a write was heard of since: for when Redis does not answer.
    public func lastKnown(_ key: RedisCacheKey) -> Value? {
        shards[key].withTable { $0.lastKnown(key) }.map(CacheBox<Value>.value)
    }

    /// Forgets a key at once, without waiting to hear of the write. To be called after a write of one's own was
    /// acknowledged, or may have been executed: from then on this instance does not give out what was before.
    public func forget(_ key: RedisCacheKey) {
        shards[key].withTable { $0.forget(key) }
    }

    // MARK: Hearing of writes

    /// Values are given out so long after the last proof that all writes have been heard of.
    public static var trustWindow: Duration { .milliseconds(1500) }

    /// Whether values are given out now: writes are heard of, or were until a moment ago.
    public var isTrusted: Bool {
        shards.first.withTable { $0.isTrusted(now: .now()) }
    }

    /// Hears of writes until the task is cancelled. Without it nothing is given out from memory.
    public func run() async {
        let connection = TrackingConnection(
            configuration: client.configuration, prefix: keys.prefix, eventLoop: client.connections[0].eventLoop,
            logger: client.logger
        ) { self.hear($0) }
        let untilCancelled = AsyncStream<Never> { _ in }
        for await _ in untilCancelled {}
        await connection.close()
    }

    private func hear(_ event: TrackingEvent) {
        switch event {
        case .began: shards.updateAll { $0.startAfresh() }
        case .lost: shards.updateAll { $0.lose() }
        case .flushed: shards.updateAll { $0.forgetAll() }
        case .upToDate(let moment):
            let deadline = moment + TimeAmount(Self.trustWindow)
            shards.updateAll { $0.trust(until: deadline) }
        case .changed(let names):
            for key in names.lazy.compactMap(keys.key(named:)) {
                metrics.invalidations.increment()
                forget(key)
            }
        }
    }

    /// For tests.
    var count: Int { shards.sum { $0.count } }
    var readsUnderWay: Int { shards.sum { $0.readsUnderWay } }
}
