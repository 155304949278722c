/// One timer for many: what is due at a turn of the wheel lies in one slot of it.
///
/// Nothing is ever taken out before its time. Who has changed his mind does not answer when he is called; who wants to be called
/// earlier is added once more.
struct TimerWheel<Element> {
    private var slots: [[(due: Int, element: Element)]]
    private(set) var now = 0
    private(set) var count = 0

    init(slots: Int = 64) {
        self.slots = Array(repeating: [], count: slots)
    }

    /// - Parameter due: a turn that is still to come.
    mutating func add(_ element: Element, due: Int) {
        precondition(due > now, "a time that is over")
        slots[due % slots.count].append((due, element))
        count += 1
    }

    /// Turns the wheel, and takes off what is due by then.
    mutating func turn(to turn: Int) -> [(due: Int, element: Element)] {
        guard turn > now else { return [] }
        var called: [(due: Int, element: Element)] = []
        for passed in (now + 1)...min(turn, now + slots.count) {
            let slot = passed % slots.count
            guard !slots[slot].isEmpty else { continue }
            // Later rounds of the wheel stay.
            let entries = slots[slot]
            slots[slot] = entries.filter { $0.due > turn }
            called += entries.filter { $0.due <= turn }
        }
        now = turn
        count -= called.count
        return called
    }

    var elements: [Element] { slots.flatMap { $0.map(\.element) } }
}
