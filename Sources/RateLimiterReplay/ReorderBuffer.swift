/// Puts events that are nearly in order of time into order.
///
/// Servers write a line when a request ends; Apache writes into it when the request began. An event is held until one comes
/// that is `horizon` later, or until the buffer is full. What comes later than that takes the time of the latest event that
/// was let go, so that times never decrease.
struct ReorderBuffer<Payload> {
    struct Event {
        var time: Int64
        let arrival: Int
        let payload: Payload

        fileprivate func precedes(_ other: Event) -> Bool {
            (time, arrival) < (other.time, other.arrival)
        }
    }

    /// Events that came after one with a later time.
    private(set) var outOfOrder = 0
    /// Those among them that came too late to be put where they belong.
    private(set) var late = 0

    /// A binary heap: each event precedes those at twice its index plus one and two.
    private var heap: [Event] = []
    private let horizon: Int64
    private let capacity: Int
    private var arrivals = 0
    private var latestSeen = Int64.min
    private var latestReleased = Int64.min

    init(horizon: Int64, capacity: Int) {
        self.horizon = horizon
        self.capacity = capacity
    }

    /// - Complexity: O(log n) in the number of events held.
    mutating func push(_ payload: Payload, time: Int64) {
        if time < latestSeen { outOfOrder += 1 }
        if time < latestReleased { late += 1 }
        latestSeen = max(latestSeen, time)
        heap.append(Event(time: max(time, latestReleased), arrival: arrivals, payload: payload))
        arrivals += 1
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The next event whose place is certain; with `all`, the next of those that are left.
    ///
    /// - Complexity: O(log n) in the number of events held.
    mutating func pop(all: Bool = false) -> Event? {
        guard let first = heap.first, all || heap.count > capacity || first.time <= latestSeen - horizon else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            if least == parent { break }
            heap.swapAt(parent, least)
            parent = least
        }
        latestReleased = first.time
        return first
    }
}
