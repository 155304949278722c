import RedisMeasuring

/// What was seen while one strategy was in force.
struct Measurement: Sendable {
    /// For each turn, while posts were made and brought to readers.
    var posting: [RedisCounters] = []
    /// For each turn, while feeds were read.
    var reading: [RedisCounters] = []
    /// For each turn, microseconds of the thread that executes Redis' commands for a page.
    var cpuOfReads: [Double] = []
    /// What posts and timelines take in the end.
    var memoryBytes = 0
    /// From the acceptance of each post until it could be seen.
    var visible: [Duration] = []
    /// For each page that was read.
    var reads: [Duration] = []
    /// The same for the same pages.
    var pages = PageDigest()
}

/// A digest of pages, to compare what strategies showed (FNV-1a).
struct PageDigest: Sendable, Hashable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// - Parameter posts: numbers of the posts in the order in which they were made, as they stand on the page.
    mutating func add(reader: Int32, posts: [Int]) {
        for number in [Int(reader), posts.count] + posts {
            for shift in stride(from: 0, to: 64, by: 8) {
                state = (state ^ UInt64(truncatingIfNeeded: number >> shift) & 0xFF) &* 0x100_0000_01B3
            }
        }
    }
}
