import Synchronization

/// The tables of a ``RedisCache``, each with a lock of its own, so that event loops seldom wait for one another.
struct CacheShards: Sendable {
    final class Shard: Sendable {
        private let table: Mutex<CacheTable<CacheContent>>

        init(capacity: Int) {
            table = Mutex(CacheTable(capacity: capacity))
        }

        func withTable<Result: Sendable>(_ body: (inout CacheTable<CacheContent>) -> Result) -> Result {
            table.withLock { body(&$0) }
        }
    }

    private let shards: [Shard]

    /// - Parameter capacity: of all together. Few keys share one table, since they would not spread evenly.
    init(capacity: Int) {
        let count = min(64, max(1, capacity / 256))
        shards = (0..<count).map { _ in Shard(capacity: max(1, capacity / count)) }
    }

    /// The shard of a key.
    subscript(key: RedisCacheKey) -> Shard {
        shards[Int(UInt(bitPattern: key.hash) % UInt(shards.count))]
    }

    /// Any of them, for what is true of all.
    var first: Shard { shards[0] }

    func updateAll(_ body: (inout CacheTable<CacheContent>) -> Void) {
        for shard in shards { shard.withTable(body) }
    }

    func sum(_ amount: (CacheTable<CacheContent>) -> Int) -> Int {
        shards.reduce(0) { $0 + $1.withTable { amount($0) } }
    }
}

/// What the tables hold. Of one type for all caches, so that the compiler makes fast code of the tables here, in this
/// module: of a type that it does not know yet it could not.
typealias CacheContent = any AnyObject & Sendable

/// A cache's value as ``CacheContent``.
final class CacheBox<Value: Sendable>: Sendable {
    private let value: Value

    init(_ value: Value) {
        self.value = value
    }

    static func value(in content: CacheContent) -> Value {
        guard let box = content as? CacheBox<Value> else { preconditionFailure("a cache puts in values of its own type only") }
        return box.value
    }
}
