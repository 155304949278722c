/// Of latencies, in microseconds.
struct Percentiles: Encodable {
    let count: Int
    let median: Int
    let p99: Int
    let greatest: Int

    init(_ microseconds: [Int]) {
        let sorted = microseconds.sorted()
        func percentile(_ share: Int) -> Int { sorted.isEmpty ? 0 : sorted[(sorted.count - 1) * share / 100] }
        (count, median, p99, greatest) = (sorted.count, percentile(50), percentile(99), percentile(100))
    }
}
