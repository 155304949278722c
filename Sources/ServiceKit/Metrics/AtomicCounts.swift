internal import Synchronization

/// A fixed row of counts, side by side in memory, that any thread may increment without a lock.
///
/// Sendable because the pointer never changes, what it points to is freed only by `deinit`, and until then is touched only by
/// atomic operations.
struct AtomicCounts: ~Copyable, @unchecked Sendable {
    private let cells: UnsafeMutablePointer<Atomic<UInt64>>
    private let count: Int

    init(count: Int) {
        self.count = count
        cells = .allocate(capacity: count)
        for index in 0..<count {
            (cells + index).initialize(to: Atomic(0))
        }
    }

    deinit {
        cells.deinitialize(count: count)
        cells.deallocate()
    }

    func increment(at index: Int) {
        precondition(index >= 0 && index < count)
        cells[index].wrappingAdd(1, ordering: .relaxed)
    }

    func load(at index: Int) -> UInt64 {
        precondition(index >= 0 && index < count)
        return cells[index].load(ordering: .relaxed)
    }
}
