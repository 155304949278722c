import NIOCore
import Synchronization

/// What time it is for Redis, as nearly as its replies tell.
final class RedisClock: Sendable {
    private let offset = Mutex<Int?>(nil)
    private let explicit: (@Sendable () -> Int)?

    /// - Parameter explicit: milliseconds since 1970 that count in place of Redis' clock. For tests.
    init(explicit: (@Sendable () -> Int)? = nil) { self.explicit = explicit }

    /// Milliseconds since 1970; nil before the first reply.
    var now: Int? {
        if let explicit { return explicit() }
        return offset.withLock { $0 }.map { $0 + Self.monotonic }
    }

    /// What scripts are told, empty: their own clock counts.
    var forScripts: String { explicit.map { String($0()) } ?? "" }
    var isExplicit: Bool { explicit != nil }

    /// - Parameter milliseconds: since 1970, from a reply that has just come.
    func note(_ milliseconds: Int) { offset.withLock { $0 = milliseconds - Self.monotonic } }

    private static var monotonic: Int { Int(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
}
