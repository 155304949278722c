import NIOCore

/// What is known of some keys, and whether it may be relied upon: the rules of ``RedisCache``. Pure: it is told what
/// happened, in the order in which it was heard.
///
/// Why nothing stale stays. A value is put in when a read ends, and the read was noted here when it began, before its `GET`
/// was sent. Take a write that Redis executes after that `GET`, so that the value lacks it. Its invalidation is sent after
/// the `GET` was executed, and so heard after the read was noted, on whichever connection. Either it is heard while the
/// read is on its way: the read is cut, and its value not put in. Or it is heard later: the value is taken out. A write from
/// before the `GET` is in the value already; its invalidation, heard late, costs a read and no more. When invalidations may
/// have been missed, all reads that were noted until they are surely heard again are worth nothing: ``startAfresh()``.
///
/// Why nothing stale is served for long. An invalidation may be on its way, or never come because the connection is dead and
/// nobody has noticed. So values count only until a moment that is pushed on by proofs of being up to date: ``trust(until:)``.
struct CacheTable<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let value: Value
        /// The number of the read that brought it.
        let read: Int
    }
    private struct Reads: Sendable {
        var underWay = 0
        /// Reads up to this number may lack a write.
        var cut = 0
    }

    private var entries: ClockTable<RedisCacheKey, Entry>
    /// Of keys that are not there. In a table of their own: a flood of questions for what does not exist drives out no value.
    private var absences: ClockTable<RedisCacheKey, Entry>
    private var reads: [RedisCacheKey: Reads] = [:]
    private var lastRead = 0
    /// Reads up to this number began before everything was removed.
    private var flushed = 0
    /// Of writes after reads up to this number nothing may have been heard.
    private var unwatched = 0
    private var trustedUntil = NIODeadline.uptimeNanoseconds(0)

    init(capacity: Int) {
        entries = ClockTable(capacity: capacity)
        absences = ClockTable(capacity: capacity / 8)
    }

    var count: Int { entries.count + absences.count }
    var readsUnderWay: Int { reads.values.reduce(0) { $0 + $1.underWay } }

    func isTrusted(now: NIODeadline) -> Bool { now < trustedUntil }

    // MARK: Asking

    /// The value, unless it may be stale.
    mutating func known(_ key: RedisCacheKey, now: NIODeadline) -> Value? {
        guard isTrusted(now: now), let entry = use(key), entry.read > unwatched else { return nil }
        return entry.value
    }

    /// The value that was read last, unless it is known to have changed.
    mutating func lastKnown(_ key: RedisCacheKey) -> Value? {
        use(key)?.value
    }

    private mutating func use(_ key: RedisCacheKey) -> Entry? {
        entries.use(key) ?? absences.use(key)
    }

    enum Finding: Sendable {
        case known(Value)
        /// The read that is under way will do.
        case joins
        /// Redis is to be asked now, and the read ended with ``end(_:of:value:)``.
        case reads(CacheRead)
    }

    /// - Parameter read: the read of this key that the caller has under way. One that lacks a write that was heard of is not
    ///   joined: who asks after a write was heard of gets a value with it.
    mutating func look(for key: RedisCacheKey, joining read: CacheRead?, now: NIODeadline) -> Finding {
        if let value = known(key, now: now) { return .known(value) }
        if let read, isWhole(read, of: key) { return .joins }
        return .reads(begin(key))
    }

    // MARK: Reading

    private mutating func begin(_ key: RedisCacheKey) -> CacheRead {
        lastRead += 1
        reads[key, default: Reads()].underWay += 1
        return CacheRead(number: lastRead)
    }

    /// - Parameters:
    ///   - value: nil when the read failed, or is not to be kept.
    ///   - isAbsent: there is no such key.
    mutating func end(_ read: CacheRead, of key: RedisCacheKey, value: Value?, isAbsent: Bool = false) {
        let isWhole = isWhole(read, of: key)
        if let underWay = reads[key]?.underWay, underWay > 1 {
            reads[key]?.underWay = underWay - 1
        } else {
            reads[key] = nil
        }
        // What a later read has brought stays.
        guard let value, isWhole, read.number > (entries[key] ?? absences[key])?.read ?? 0 else { return }
        let entry = Entry(value: value, read: read.number)
        if isAbsent {
            entries.remove(key)
            absences.insert(entry, for: key)
        } else {
            absences.remove(key)
            entries.insert(entry, for: key)
        }
    }

    private func isWhole(_ read: CacheRead, of key: RedisCacheKey) -> Bool {
        read.number > flushed && read.number > reads[key]?.cut ?? 0
    }

    // MARK: Hearing

    /// A key was written.
    mutating func forget(_ key: RedisCacheKey) {
        entries.remove(key)
        absences.remove(key)
        reads[key]?.cut = lastRead
    }

    /// All keys were removed.
    mutating func forgetAll() {
        entries.removeAll()
        absences.removeAll()
        flushed = lastRead
    }

    /// Writes are not heard of any more. The values stay for ``lastKnown(_:)``.
    mutating func lose() {
        unwatched = lastRead
        trustedUntil = .uptimeNanoseconds(0)
    }

    /// From now on writes are heard of, and some may have been missed until now. What was read before does not even stay for
    /// ``lastKnown(_:)``: it might come back as the last resort long after it was changed, and Redis is there to be asked.
    mutating func startAfresh() {
        lose()
        forgetAll()
    }

    /// All that was acknowledged up to a moment has been heard of: values count until some time after it.
    mutating func trust(until deadline: NIODeadline) {
        trustedUntil = max(trustedUntil, deadline)
    }
}

/// A read of a key that is under way.
struct CacheRead: Sendable, Hashable {
    let number: Int
}
