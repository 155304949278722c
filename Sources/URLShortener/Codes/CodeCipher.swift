/// A keyed bijection between numbers and codes: each number has one code, no two the same, and without the key nobody can
/// tell the neighbours of a code.
///
/// The first 62^6 numbers become codes of 6 characters, the next 62^7 codes of 7, and so on. Within a length a Feistel network
/// permutes the numbers below the next even power of two, again and again until it meets one that is below 62^length
/// ("cycle walking": J. Black, P. Rogaway, Ciphers with Arbitrary Finite Domains, 2002).
struct CodeCipher: Sendable {
    static let shortest = 6
    private static let rounds: UInt64 = 8
    private let prf: SipHash

    /// - Parameter key: the same for all instances, always.
    init(key: RandomKey) {
        prf = SipHash(key: (key.high, key.low))
    }

    func code(of number: UInt64) -> String {
        var length = Self.shortest
        var first: UInt64 = 0
        // The count of 11 characters does not fit; all numbers are below it.
        while let count = Base62.count(ofLength: length), number - first >= count {
            first += count
            length += 1
        }
        let count = Base62.count(ofLength: length) ?? .max
        return Base62.encode(permuted(number - first, below: count, length: length), length: length)
    }

    /// A permutation of the numbers below `count`, another one for each length.
    func permuted(_ number: UInt64, below count: UInt64, length: Int) -> UInt64 {
        let width = UInt64.bitWidth - (count - 1).leadingZeroBitCount
        let half = UInt64(width + 1) / 2
        var place = number
        // Ends: a permutation leads back to where it began, and that is below the count.
        repeat { place = feistel(place, half: half, length: length) } while place >= count
        return place
    }

    private func feistel(_ number: UInt64, half: UInt64, length: Int) -> UInt64 {
        let mask = (1 << half) - 1 as UInt64
        var (left, right) = (number >> half, number & mask)
        for round in 0..<Self.rounds {
            let tweak = UInt64(length) << 32 | round
            (left, right) = (right, left ^ (prf.hash(tweak, right) & mask))
        }
        return left << half | right
    }
}
