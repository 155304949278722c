import Metrics
import NIOCore

/// The reads of one event loop: all who ask for a key at the same time wait for one `GET`. Lives on its event loop.
final class CacheReader {
    typealias Completion = (Result<CacheContent, RedisError>) -> Void

    /// A read under way, and who waits for it.
    private final class Flight {
        let read: CacheRead
        var completions: [Completion]

        init(_ read: CacheRead, for completion: @escaping Completion) {
            (self.read, completions) = (read, [completion])
        }
    }

    private let shards: CacheShards
    private let keys: CacheKeySpace
    private let longestValue: Int
    private let deadline: Duration?
    private let metrics: CacheMetrics
    private let decode: @Sendable ([UInt8]?) -> CacheContent
    /// The one to join, by key. One that was cut is replaced, and lands all the same.
    private var flights: [RedisCacheKey: Flight] = [:]

    init(
        shards: CacheShards, keys: CacheKeySpace, longestValue: Int, deadline: Duration?, metrics: CacheMetrics,
        decode: @escaping @Sendable ([UInt8]?) -> CacheContent
    ) {
        (self.shards, self.keys, self.longestValue) = (shards, keys, longestValue)
        (self.deadline, self.metrics, self.decode) = (deadline, metrics, decode)
    }

    func value(of key: RedisCacheKey, on connection: RedisConnection, completion: @escaping Completion) {
        let current = flights[key]
        let read = current?.read
        switch shards[key].withTable({ $0.look(for: key, joining: read, now: .now()) }) {
        case .known(let value):
            metrics.hits.increment()
            completion(.success(value))
        case .joins:
            metrics.misses.increment()
            current?.completions.append(completion)
        case .reads(let read):
            metrics.misses.increment()
            let flight = Flight(read, for: completion)
            flights[key] = flight
            connection.execute(RedisCommand("GET", keys.name(of: key), isIdempotent: true), deadline: deadline) { reply in
                self.land(flight, of: key, reply)
            }
        }
    }

    private func land(_ flight: Flight, of key: RedisCacheKey, _ reply: Result<RedisValue, RedisError>) {
        let result = reply.flatMap(decoded)
        let length: Int? = if case .success(.bytes(let bytes)) = reply { bytes.count } else { nil }
        let value = length ?? 0 > longestValue ? nil : try? result.get()
        shards[key].withTable { $0.end(flight.read, of: key, value: value, isAbsent: length == nil) }
        if flights[key] === flight { flights[key] = nil }
        for completion in flight.completions { completion(result) }
    }

    private func decoded(_ reply: RedisValue) -> Result<CacheContent, RedisError> {
        switch reply {
        case .bytes(let bytes): .success(decode(bytes))
        case .null: .success(decode(nil))
        default: .failure(reply.unexpected("bytes or null"))
        }
    }
}

/// `redis_cache_hits_total{prefix}`, `redis_cache_misses_total{prefix}`, `redis_cache_invalidations_total{prefix}`.
struct CacheMetrics: Sendable {
    let hits: Counter
    /// Questions that had to wait for Redis, however many share a read.
    let misses: Counter
    /// Keys of the cache that were heard to be written, known or not.
    let invalidations: Counter

    init(prefix: String) {
        let dimensions = [("prefix", prefix)]
        hits = Counter(label: "redis_cache_hits_total", dimensions: dimensions)
        misses = Counter(label: "redis_cache_misses_total", dimensions: dimensions)
        invalidations = Counter(label: "redis_cache_invalidations_total", dimensions: dimensions)
    }
}
