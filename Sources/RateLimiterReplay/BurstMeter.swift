/// Finds the greatest number of requests that were admitted for one key in any window of a given length.
///
/// A window holds its first moment and not its last: two requests that are one length apart are never in one. The greatest
/// window can be taken to end with a request, so it is enough to look at those.
struct BurstMeter {
    struct Burst: Equatable {
        let key: Int32
        let count: Int
        /// Times of the first and the last request in it, in microseconds since 1970.
        let first: Int64
        let last: Int64
    }

    /// The first of the greatest, in order of time; nil before anything was admitted.
    private(set) var worst: Burst?
    private let length: Int64
    private var windows: [Int32: Window] = [:]
    private var sweepAt = 1024

    /// - Parameter length: the windows' length in microseconds, above 0.
    init(length: Int64) {
        self.length = length
    }

    /// Keys that are held now: at most twice those that were admitted within one length, and a thousand.
    var heldKeys: Int { windows.count }

    /// Times must never decrease.
    ///
    /// - Complexity: amortised O(1).
    mutating func admit(key: Int32, at time: Int64) {
        let (count, first) = windows[key, default: Window()].add(time, length: length)
        if count > worst?.count ?? 0 {
            worst = Burst(key: key, count: count, first: first, last: time)
        }
        if windows.count >= sweepAt {
            windows = windows.filter { $0.value.latest > time - length }
            sweepAt = max(1024, windows.count * 2)
        }
    }

    /// One key's requests within the last length. Logs have whole seconds: equal times are one entry.
    private struct Window {
        private var entries: [(time: Int64, count: Int)] = []
        /// Entries before it are out of the window.
        private var start = 0
        private var total = 0

        var latest: Int64 { entries.last?.time ?? .min }

        mutating func add(_ time: Int64, length: Int64) -> (count: Int, first: Int64) {
            while start < entries.count, entries[start].time <= time - length {
                total -= entries[start].count
                start += 1
            }
            if start > 32, start * 2 > entries.count {
                entries.removeFirst(start)
                start = 0
            }
            if start < entries.count, latest == time {
                entries[entries.count - 1].count += 1
            } else {
                entries.append((time, 1))
            }
            total += 1
            return (total, entries[start].time)
        }
    }
}
