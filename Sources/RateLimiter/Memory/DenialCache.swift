import NIOCore
import Synchronization

/// Exact local denial: remembers which buckets cannot have refilled yet, so that they are refused without asking Redis.
///
/// A bucket that refuses a cost says when it will hold enough; until then nothing but a reset or a change of policy can
/// change that answer. What makes it exact:
/// - The wait is counted from before the question was sent, so the denial ends no later than the bucket's own wait. What
///   a refused caller is told counts from when the answer was there: obeying it succeeds.
/// - A changed policy is of a new generation, and older denials do not count.
/// - A reset removes the denial; one whose question was on its way at that moment is not remembered at all.
/// - Denials count only while the instance knows that it has heard of all resets: see ``trust(until:)``.
final class DenialCache: Sendable {
    struct Denial: Sendable {
        /// This cost and every greater one is refused.
        let cost: Int
        let outcome: RateLimitOutcome
        /// When the question was asked, and when it had been answered: the waits of `outcome` began in between.
        let askedAt: NIODeadline
        let answeredAt: NIODeadline
        /// Of the policy that was in force: ``ActivePolicy/generation``.
        let generation: Int

        var endsAt: NIODeadline { askedAt + .microseconds(Int64(outcome.retryAfter ?? 0)) }
    }

    private struct Shard: Sendable {
        var denials: BoundedTable<Bucket, Denial>
        var resets = 0
    }

    private static let shardCount = 16
    private let shards: [Mutexed<Shard>]
    private let trustedUntil = Atomic<UInt64>(0)

    /// - Parameter capacity: so many denials are kept; more make the oldest go, which costs a question and no more.
    init(capacity: Int) {
        shards = (0..<Self.shardCount).map { _ in
            Mutexed(Shard(denials: BoundedTable(capacity: max(1, capacity / Self.shardCount))))
        }
    }

    /// O(shards).
    var count: Int { shards.reduce(0) { $0 + $1.withLock { $0.denials.count } } }

    enum Finding {
        case denied(Denial)
        /// Redis has to be asked. The number is to be given to ``remember(_:of:since:)`` with the answer.
        case unknown(resets: Int)
    }

    /// What is known now of a bucket that a cost is asked of.
    func look(for cost: Int, from bucket: Bucket, generation: Int, now: NIODeadline) -> Finding {
        let isTrusted = now.uptimeNanoseconds < trustedUntil.load(ordering: .relaxed)
        return shard(of: bucket).withLock { shard in
            guard isTrusted, let denial = shard.denials[bucket], denial.generation == generation, cost >= denial.cost else {
                return .unknown(resets: shard.resets)
            }
            guard now < denial.endsAt else {
                shard.denials[bucket] = nil
                return .unknown(resets: shard.resets)
            }
            return .denied(denial)
        }
    }

    func remember(_ denial: Denial, of bucket: Bucket, since resets: Int) {
        shard(of: bucket).withLock { shard in
            guard shard.resets == resets else { return }
            shard.denials[bucket] = denial
        }
    }

    func forget(_ bucket: Bucket) {
        shard(of: bucket).withLock { shard in
            shard.resets += 1
            shard.denials[bucket] = nil
        }
    }

    func forgetAll() {
        for shard in shards {
            shard.withLock { shard in
                shard.resets += 1
                shard.denials.removeAll()
            }
        }
    }

    /// All that was published before a moment has been heard: denials count until some time after it.
    func trust(until deadline: NIODeadline) {
        trustedUntil.store(deadline.uptimeNanoseconds, ordering: .relaxed)
    }

    private func shard(of bucket: Bucket) -> Mutexed<Shard> {
        shards[Int(UInt(bitPattern: bucket.hashValue) % UInt(Self.shardCount))]
    }
}

/// What one policy counts for one key.
///
/// Keys are told apart byte for byte, as Redis does; equal strings may differ in that ("é" has two spellings).
struct Bucket: Hashable, Sendable {
    let policy: String
    let key: String

    static func == (left: Bucket, right: Bucket) -> Bool {
        left.key.utf8.elementsEqual(right.key.utf8) && left.policy == right.policy
    }

    func hash(into hasher: inout Hasher) {
        var key = key
        key.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(policy)
    }
}

/// A value behind a lock, by reference: a `Mutex` cannot be an array's element.
final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) {
        mutex = Mutex(value)
    }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { body(&$0) }
    }
}
