/// SipHash-2-4: a keyed hash of short inputs that nobody without the key can tell from random numbers.
///
/// J.-P. Aumasson, D. J. Bernstein: SipHash: a fast short-input PRF (2012).
struct SipHash: Sendable {
    private let key: (UInt64, UInt64)

    /// - Parameter key: 16 random bytes, as two numbers.
    init(key: (UInt64, UInt64)) {
        self.key = key
    }

    /// The hash of a message of `words`, eight bytes each, in little endian.
    func hash(_ words: UInt64...) -> UInt64 {
        var state = State(key)
        for word in words { state.absorb(word) }
        return state.finish(length: words.count * 8)
    }

    private struct State {
        private var v0, v1, v2, v3: UInt64

        init(_ key: (UInt64, UInt64)) {
            v0 = key.0 ^ 0x736F_6D65_7073_6575
            v1 = key.1 ^ 0x646F_7261_6E64_6F6D
            v2 = key.0 ^ 0x6C79_6765_6E65_7261
            v3 = key.1 ^ 0x7465_6462_7974_6573
        }

        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            for _ in 0..<2 { round() }
            v0 ^= word
        }

        mutating func finish(length: Int) -> UInt64 {
            absorb(UInt64(truncatingIfNeeded: length) << 56)
            v2 ^= 0xFF
            for _ in 0..<4 { round() }
            return v0 ^ v1 ^ v2 ^ v3
        }

        private mutating func round() {
            v0 &+= v1
            v1 = v1.rotated(left: 13) ^ v0
            v0 = v0.rotated(left: 32)
            v2 &+= v3
            v3 = v3.rotated(left: 16) ^ v2
            v0 &+= v3
            v3 = v3.rotated(left: 21) ^ v0
            v2 &+= v1
            v1 = v1.rotated(left: 17) ^ v2
            v2 = v2.rotated(left: 32)
        }
    }
}

extension UInt64 {
    fileprivate func rotated(left count: UInt64) -> UInt64 {
        self << count | self >> (64 - count)
    }
}
