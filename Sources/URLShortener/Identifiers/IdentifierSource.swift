import CoreMetrics
import Synchronization

/// Numbers for codes, from leased blocks. A block is leased before the last one is used up, so that creation seldom waits.
final class IdentifierSource: Sendable {
    private let lease: IdentifierLease
    private let blockSize: Int
    private let leases = Counter(label: "url_shortener_leases_total")
    private let state = Mutex(State())

    private struct State {
        /// What is left of the blocks of this instance, in the order in which they came.
        private var blocks: [Range<Int>] = []
        /// All below may have been issued, here or by another instance.
        var floor = 0
        /// All below is taken, though the counter does not know it: not even a lease that is under way may bring it back.
        private var start = 0
        /// The lease that is under way, for all who wait.
        var leasing: Task<Result<Void, URLShortenerError>, Never>?

        var available: Int { blocks.reduce(0) { $0 + $1.count } }

        mutating func add(_ block: Range<Int>) {
            floor = max(floor, block.upperBound)
            let rest = max(block.lowerBound, start)..<max(block.upperBound, start)
            if !rest.isEmpty { blocks.append(rest) }
        }

        mutating func skip(to number: Int) {
            start = max(start, number)
            floor = max(floor, start)
            let former = blocks
            blocks = []
            for block in former { add(block) }
        }

        mutating func take(_ count: Int) -> [Int] {
            var taken: [Int] = []
            while taken.count < count, let block = blocks.first {
                let part = block.prefix(count - taken.count)
                taken += part
                if part.count == block.count { blocks.removeFirst() } else { blocks[0] = part.endIndex..<block.endIndex }
            }
            return taken
        }
    }

    init(lease: IdentifierLease, blockSize: Int) {
        (self.lease, self.blockSize) = (lease, max(1, blockSize))
    }

    /// Numbers that no other call gets, here or elsewhere.
    func next(_ count: Int = 1) async throws(URLShortenerError) -> [Int] {
        var numbers: [Int] = []
        while true {
            let leasing = state.withLock { state -> Task<Result<Void, URLShortenerError>, Never>? in
                numbers += state.take(count - numbers.count)
                let missing = count - numbers.count
                if state.leasing == nil, missing > 0 || state.available < blockSize / 2 {
                    let (floor, size) = (state.floor, max(blockSize, missing))
                    state.leasing = Task { await self.renew(size, from: floor) }
                }
                return missing > 0 ? state.leasing : nil
            }
            guard let leasing else { return numbers }
            try await leasing.value.get()
        }
    }

    /// Another instance has issued numbers below this, as far as anyone knows.
    func heard(issuedBelow number: Int) {
        state.withLock { $0.floor = max($0.floor, number) }
    }

    /// The counter must have gone back, since what it gave is taken: goes on from here.
    func skip(to number: Int) {
        state.withLock { $0.skip(to: number) }
    }

    /// Raises the counter to what this instance knows, has the others hear of it, and learns what they have issued.
    func announce() async throws(URLShortenerError) {
        heard(issuedBelow: try await lease.numbers(0, from: state.withLock { $0.floor }).lowerBound)
    }

    private func renew(_ size: Int, from floor: Int) async -> Result<Void, URLShortenerError> {
        let result: Result<Void, URLShortenerError>
        do throws(URLShortenerError) {
            let block = try await lease.numbers(size, from: floor)
            leases.increment()
            state.withLock { $0.add(block) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        state.withLock { $0.leasing = nil }
        return result
    }
}
