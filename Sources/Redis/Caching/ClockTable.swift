/// A dictionary that never holds more than `capacity` entries: one that was not used lately makes room.
///
/// The second-chance algorithm: a hand goes round, takes the mark of use from each entry that has one, and evicts the first
/// that has none. What is put in and not used goes first; what is used less often than the hand goes round goes too. See Corbató, "A Paging Experiment with the Multics System" (MIT Project MAC, 1968).
struct ClockTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        let key: Key
        var value: Value
    }
    private var slots: [Slot?] = []
    /// Beside the slots, so that the hand looks at marks and at nothing else.
    private var isUsed: [Bool] = []
    private var places: [Key: Int] = [:]
    private var vacant: [Int] = []
    private var hand = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { places.count }
    /// What the table takes in memory.
    var slotCount: Int { slots.count }

    /// A look that does not count as use.
    subscript(key: Key) -> Value? {
        places[key].flatMap { slots[$0]?.value }
    }

    /// O(1).
    mutating func use(_ key: Key) -> Value? {
        guard let place = places[key], let slot = slots[place] else { return nil }
        // Not written again: what everybody asks for is read on all event loops.
        if !isUsed[place] { isUsed[place] = true }
        return slot.value
    }

    /// O(1) amortised: each step of the hand takes back one use.
    mutating func insert(_ value: Value, for key: Key) {
        if let place = places[key] {
            slots[place]?.value = value
        } else {
            let place = vacantPlace()
            slots[place] = Slot(key: key, value: value)
            isUsed[place] = false
            places[key] = place
        }
    }

    mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        slots[place] = nil
        isUsed[place] = false
        vacant.append(place)
    }

    mutating func removeAll() {
        self = ClockTable(capacity: capacity)
    }

    private mutating func vacantPlace() -> Int {
        if let place = vacant.popLast() { return place }
        if slots.count < capacity {
            slots.append(nil)
            isUsed.append(false)
            return slots.count - 1
        }
        while isUsed[hand] {
            isUsed[hand] = false
            advance()
        }
        defer { advance() }
        if let evicted = slots[hand] { places[evicted.key] = nil }
        return hand
    }

    private mutating func advance() {
        hand = hand + 1 < slots.count ? hand + 1 : 0
    }
}
