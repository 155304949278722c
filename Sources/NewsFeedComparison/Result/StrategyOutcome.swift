public import RedisMeasuring

/// What one strategy cost.
public struct StrategyOutcome: Sendable, Hashable {
    public let strategy: ComparedStrategy
    /// Writes to sorted sets: one to each timeline, and two to the author's own list (at acceptance; the worker makes sure).
    public let writesPerPost: Double
    /// Redis commands while a post is accepted and brought to readers, those in scripts included.
    public let commandsPerPost: Double
    /// What Redis is sent meanwhile, protocol included.
    public let bytesPerPost: Double
    /// What posts and timelines take in the end.
    public let memoryBytes: Int
    /// From the acceptance of a post until it can be seen.
    public let visible: Percentiles
    /// For one page of a feed.
    public let read: Percentiles
    /// Redis commands while a page is read, those in scripts included.
    public let commandsPerRead: Double
    /// Microseconds of the thread that executes Redis' commands.
    public let cpuPerPost: Double
    /// Microseconds of the thread that executes Redis' commands.
    public let cpuPerRead: Double
    /// Microseconds of that thread for one post and the reads that come with it.
    public let cost: Double
    /// By how much the time may be wrong, of the whole: what turns that do the same differ by. A busy machine makes it large.
    public let uncertainty: Double

    init(_ strategy: ComparedStrategy, _ measurement: Measurement, _ workload: Workload) {
        let (posts, reads) = (Double(measurement.visible.count), Double(measurement.reads.count))
        let (posting, reading) = (RedisCounters(measurement.posting), RedisCounters(measurement.reading))
        self.strategy = strategy
        writesPerPost = (Double(posting.calls["zadd"] ?? 0) / posts).rounded(places: 2)
        commandsPerPost = (Double(posting.commands) / posts).rounded(places: 2)
        bytesPerPost = (Double(posting.receivedBytes) / posts).rounded(places: 1)
        memoryBytes = measurement.memoryBytes
        (visible, read) = (Percentiles(measurement.visible), Percentiles(measurement.reads))
        commandsPerRead = (Double(reading.commands) / reads).rounded(places: 2)
        cpuPerPost = (posting.cpuMicroseconds / posts).rounded(places: 2)
        cpuPerRead = (reading.cpuMicroseconds / reads).rounded(places: 2)
        uncertainty = measurement.cpuOfReads.uncertaintyOfMean.rounded(places: 3)
        cost = (cpuPerPost + workload.readsPerPost * cpuPerRead).rounded(places: 2)
    }
}

extension StrategyOutcome: Encodable {
    private enum Key: String, CodingKey {
        case strategy, threshold, writesPerPost, commandsPerPost, bytesPerPost, memoryBytes, visibleMs, readMs
        case commandsPerRead, cpuPerPostUs, cpuPerReadUs, costUs, uncertainty
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(strategy.kind.rawValue, forKey: .strategy)
        // null rather than absent.
        try container.encode(strategy.threshold, forKey: .threshold)
        try container.encode(writesPerPost, forKey: .writesPerPost)
        try container.encode(commandsPerPost, forKey: .commandsPerPost)
        try container.encode(bytesPerPost, forKey: .bytesPerPost)
        try container.encode(memoryBytes, forKey: .memoryBytes)
        try container.encode(visible, forKey: .visibleMs)
        try container.encode(read, forKey: .readMs)
        try container.encode(commandsPerRead, forKey: .commandsPerRead)
        try container.encode(cpuPerPost, forKey: .cpuPerPostUs)
        try container.encode(cpuPerRead, forKey: .cpuPerReadUs)
        try container.encode(cost, forKey: .costUs)
        try container.encode(uncertainty, forKey: .uncertainty)
    }
}
