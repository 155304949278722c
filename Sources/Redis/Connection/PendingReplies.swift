import DequeModule
import NIOCore

/// The commands of one connection that wait for their replies, in the order in which they were written.
///
/// Redis answers in that order, so a reply belongs to the first. A waiter that gives up is taken out, and its place
/// stays until the reply has come: the connection is not disturbed.
struct PendingReplies {
    private var entries: Deque<Entry> = []

    struct Entry {
        let command: RedisCommand
        let writtenAt: NIODeadline
        let deadline: NIODeadline
        /// Nil once abandoned.
        var waiter: ReplyWaiter?
        /// It was sent once already, on a connection that was lost.
        var wasSent = false
    }

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }
    /// When the reply that comes next should be here.
    var firstDeadline: NIODeadline? { entries.first?.deadline }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
    }

    /// Takes the entry to which the next reply belongs.
    mutating func popFirst() -> Entry? {
        entries.popFirst()
    }

    /// Takes the waiters of cancelled calls. O(n), for all that were cancelled together.
    mutating func abandon(_ calls: Set<CallIdentifier>) -> [Entry] {
        takeWaiters { waiter, _ in waiter.call.map(calls.contains) ?? false }
    }

    /// Takes the waiters whose deadline has passed. O(n), once per expiry and not per command.
    mutating func expire(now: NIODeadline) -> [Entry] {
        takeWaiters { _, deadline in deadline <= now }
    }

    private mutating func takeWaiters(where isTaken: (ReplyWaiter, _ deadline: NIODeadline) -> Bool) -> [Entry] {
        var taken: [Entry] = []
        for index in entries.indices {
            guard let waiter = entries[index].waiter, isTaken(waiter, entries[index].deadline) else { continue }
            taken.append(entries[index])
            entries[index].waiter = nil
        }
        return taken
    }

    /// Forgets those for whom nobody waits: only right for commands that were not written.
    mutating func removeAbandoned() {
        entries.removeAll { $0.waiter == nil }
    }

    /// The next deadline that someone still waits for.
    func earliestDeadline() -> NIODeadline? {
        entries.lazy.filter { $0.waiter != nil }.map(\.deadline).min()
    }

    mutating func removeAll() -> [Entry] {
        defer { entries = [] }
        return Array(entries)
    }
}

/// Tells one call of ``RedisConnection`` from another, so that it can be cancelled.
struct CallIdentifier: Hashable, Sendable {
    let number: Int
}

/// Who is told of a command's end, exactly once, on the connection's event loop.
struct ReplyWaiter {
    enum Receiver {
        case task(UnsafeContinuation<Result<RedisValue, RedisError>, Never>)
        case callback((Result<RedisValue, RedisError>) -> Void)
    }
    let call: CallIdentifier?
    let receiver: Receiver

    func finish(_ result: Result<RedisValue, RedisError>) {
        switch receiver {
        case .task(let continuation): continuation.resume(returning: result)
        case .callback(let callback): callback(result)
        }
    }
}
