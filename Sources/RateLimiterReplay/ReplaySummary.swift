/// What one algorithm did with the requests of a log.
public struct ReplaySummary: Sendable, Hashable, Codable {
    /// A key that was refused at least once.
    public struct LimitedKey: Sendable, Hashable, Codable {
        /// With control characters made visible.
        public let key: String
        public let asked: Int
        public let refused: Int
    }

    /// The most that one key was admitted in any window as long as the limit's period.
    public struct Burst: Sendable, Hashable, Codable {
        /// With control characters made visible.
        public let key: String
        public let count: Int
        /// When the first of them was admitted.
        public let first: ReplayTime
        /// When the last of them was admitted; less than one period later.
        public let last: ReplayTime
    }

    public let algorithm: String
    public let admitted: Int
    public let refused: Int
    /// Keys that were refused at least once.
    public let keysLimited: Int
    /// The ten that were refused most, the most refused first.
    public let mostLimited: [LimitedKey]
    /// nil when nothing was admitted.
    public let worstBurst: Burst?
    /// Admitted requests in each bucket of the timeline.
    public let admittedOverTime: [Int]
}
