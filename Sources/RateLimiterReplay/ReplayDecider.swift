/// What decides replayed requests under one algorithm.
///
/// The executable's conformers run the same Redis scripts that decide live requests, with the log's times in place of
/// Redis' clock; exact models in memory conform in the tests.
public protocol ReplayDecider: Sendable {
    /// Decides requests in the order given.
    ///
    /// - Parameter requests: times never decrease, neither within a call nor from one call to the next.
    /// - Returns: one value for each request: whether it is admitted.
    func decide(_ requests: [ReplayRequest]) async throws -> [Bool]
}

/// One request from an access log, as a decider sees it.
public struct ReplayRequest: Sendable, Hashable {
    /// Whose limit it counts against; at most 512 bytes of UTF-8, never empty.
    public let key: String
    /// When it was made, in microseconds since 1970.
    public let time: Int64
    /// What it takes from the limit.
    public let cost: Int = 1

    public init(key: String, time: Int64) {
        self.key = key
        self.time = time
    }
}
