import Synchronization

/// A table of what was used lately, in bounded memory: whatever was not asked for while others were is forgotten.
final class RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var recent: [Key: Value] = [:]
        var earlier: [Key: Value] = [:]
        var cost = 0
    }
    private let state = Mutex(State())
    private let limit: Int
    private let cost: @Sendable (Value) -> Int

    /// - Parameters:
    ///   - limit: what all values may cost together.
    ///   - cost: what one costs.
    init(limit: Int, cost: @escaping @Sendable (Value) -> Int = { _ in 1 }) {
        (self.limit, self.cost) = (limit, cost)
    }

    subscript(key: Key) -> Value? { update(key) { $0 } }

    /// All that is known now.
    var all: [Key: Value] {
        state.withLock { state in state.earlier.merging(state.recent) { _, recent in recent } }
    }

    /// Reads and changes a value in one step.
    /// - Returns: what it is now.
    @discardableResult
    func update(_ key: Key, _ change: (Value?) -> Value?) -> Value? {
        state.withLock { state in
            let known = state.recent[key]
            let value = change(known ?? state.earlier[key])
            state.cost -= known.map(cost) ?? 0
            state.recent[key] = value
            state.earlier[key] = nil
            guard let value else { return nil }
            state.cost += cost(value)
            if state.cost > limit / 2 {
                (state.earlier, state.recent, state.cost) = (state.recent, [:], 0)
            }
            return value
        }
    }
}
