import DequeModule

/// A dictionary that never holds more than `capacity` entries: the oldest make room.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var entries: [Key: (value: Value, number: Int)] = [:]
    /// In the order of insertion. Those whose number is not their key's any more were removed since.
    private var order: Deque<(key: Key, number: Int)> = []
    private var insertions = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }
    /// What `order` takes in memory: at most twice the capacity.
    var placesInOrder: Int { order.count }

    /// O(1) amortised.
    subscript(key: Key) -> Value? {
        get { entries[key]?.value }
        set {
            guard let newValue else {
                entries[key] = nil
                return
            }
            if entries[key] != nil {
                entries[key]?.value = newValue
            } else {
                insert(newValue, for: key)
            }
        }
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
    }

    private mutating func insert(_ value: Value, for key: Key) {
        insertions += 1
        entries[key] = (value, insertions)
        order.append((key, insertions))
        while entries.count > capacity, let oldest = order.popFirst() {
            if isPresent(oldest) { entries[oldest.key] = nil }
        }
        if order.count > 2 * capacity { order = order.filter(isPresent) }
    }

    private func isPresent(_ place: (key: Key, number: Int)) -> Bool {
        entries[place.key]?.number == place.number
    }
}
