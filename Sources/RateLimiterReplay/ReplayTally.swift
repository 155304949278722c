import Terminal

/// Counts what one algorithm does.
struct ReplayTally {
    private var admitted = 0
    private var refused = 0
    /// By the key's number; keys beyond its end were never refused.
    private var refusedByKey: [Int] = []
    private var bursts: BurstMeter

    /// - Parameter period: the limit's, in microseconds.
    init(period: Int64) {
        bursts = BurstMeter(length: period)
    }

    mutating func record(_ key: Int32, at time: Int64, isAdmitted: Bool) {
        guard !isAdmitted else {
            admitted += 1
            bursts.admit(key: key, at: time)
            return
        }
        refused += 1
        let missing = Int(key) + 1 - refusedByKey.count
        if missing > 0 { refusedByKey.append(contentsOf: repeatElement(0, count: missing)) }
        refusedByKey[Int(key)] += 1
    }

    func summary(algorithm: String, keys: KeyTable, namedKeys: Int, overTime: [Int]) -> ReplaySummary {
        let limited = refusedByKey.indices.filter { refusedByKey[$0] > 0 }
        let most = limited.sorted { (refusedByKey[$1], keys.names[$0]) < (refusedByKey[$0], keys.names[$1]) }
        return ReplaySummary(
            algorithm: algorithm,
            admitted: admitted,
            refused: refused,
            keysLimited: limited.count,
            mostLimited: most.prefix(namedKeys).map {
                .init(key: visible(keys.names[$0]), asked: keys.asked[$0], refused: refusedByKey[$0])
            },
            worstBurst: bursts.worst.map {
                .init(
                    key: visible(keys.names[Int($0.key)]), count: $0.count,
                    first: ReplayTime(microseconds: $0.first), last: ReplayTime(microseconds: $0.last))
            },
            admittedOverTime: overTime)
    }

    /// A line feed stands between the parts of a combined key.
    private func visible(_ key: String) -> String {
        key.visible(limit: ReplayKey.longestKey, lineFeed: " + ")
    }
}
