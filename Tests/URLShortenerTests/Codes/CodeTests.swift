import TestSupport
import Testing

@testable import URLShortener

@Suite("Numbers become codes")
struct CodeTests {
    private let six: UInt64 = 56_800_235_584
    private let seven: UInt64 = 3_521_614_606_208

    private func number(ofBase62 text: String) -> UInt64? {
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        var number: UInt64 = 0
        for character in text {
            guard let digit = digits.firstIndex(of: character) else { return nil }
            number = number * 62 + UInt64(digit)
        }
        return number
    }

    @Test("SipHash-2-4 gives the hashes that its authors published")
    func sipHash() {
        // Key 00…0F, messages 00, 00 01, …: of those whole words long, the hash is read as a number in little endian.
        let prf = SipHash(key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
        #expect(prf.hash() == 0x726F_DB47_DD0E_0E31)
        #expect(prf.hash(0x0706_0504_0302_0100) == 0x93F5_F579_9A93_2462)
        #expect(prf.hash(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908) == 0x3F2A_CC7F_57C2_9BDB)
    }

    @Test("Base62 reads back, and its counts are those of arithmetic")
    func base62() {
        var random = SeededGenerator()
        for _ in 0..<2_000 {
            let number = UInt64.random(in: 0...(.max >> UInt64.random(in: 1...40, using: &random)), using: &random)
            #expect(self.number(ofBase62: Base62.encode(number)) == number, "\(random)")
            #expect(self.number(ofBase62: Base62.encode(number, length: 11)) == number, "\(random)")
        }
        #expect(["0", "z", "10", "zz", "100"] == [0, 61, 62, 3_843, 3_844].map { Base62.encode($0) })
        #expect(Base62.encode(61, length: 4) == "000z")
        #expect(Base62.count(ofLength: 6) == six && Base62.count(ofLength: 7) == seven)
        #expect(Base62.count(ofLength: 11) == nil)
    }

    @Test(
        "The cipher permutes every domain: each place is met once", arguments: [1, 2, 3, 5, 17, 62, 255, 256, 257, 3_844, 20_000])
    func permutation(count: UInt64) {
        let cipher = CodeCipher(key: .random())
        for length in [6, 7] {
            var places: Set<UInt64> = []
            for number in 0..<count { places.insert(cipher.permuted(number, below: count, length: length)) }
            #expect(places.count == Int(count) && places.allSatisfy { $0 < count })
        }
    }

    @Test("Six characters while they last, then seven, also for the 3.5 trillionth, then eight")
    func lengths() {
        let cipher = CodeCipher(key: .random())
        for (number, length) in [
            (0, 6), (1, 6), (six - 1, 6), (six, 7), (3_500_000_000_000, 7), (six + seven - 1, 7), (six + seven, 8),
            (1 << 53, 9), (.max, 11),
        ] {
            let code = cipher.code(of: number)
            #expect(code.utf8.count == length && LinkCode.isValid(code), "\(number)")
        }
    }

    @Test("No two numbers share a code, near or far")
    func samples() {
        var random = SeededGenerator()
        let cipher = CodeCipher(key: RandomKey(high: random.next(), low: random.next()))
        var numbers = Set((0..<5_000).map { UInt64($0) })
        for _ in 0..<5_000 { numbers.insert(.random(in: 0..<(six + seven), using: &random)) }
        for offset in 0..<100 { numbers.insert(six - 50 + UInt64(offset)) }
        #expect(Set(numbers.map(cipher.code)).count == numbers.count, "\(random)")
    }

    @Test("Neighbours tell nothing of each other, nor one key of another")
    func unguessable() {
        let (cipher, other) = (CodeCipher(key: .random()), CodeCipher(key: .random()))
        let codes = (0..<2_000).map { cipher.code(of: UInt64($0)) }
        #expect(Set(codes).intersection((0..<2_000).map { other.code(of: UInt64($0)) }).isEmpty)
        // In each place each digit should come about 2000/62 = 32 times, and equal the neighbour's as often.
        for place in 0..<6 {
            let digits = codes.map { Array($0)[place] }
            #expect(zip(digits, digits.dropFirst()).count { $0 == $1 } < 100)
            #expect(Dictionary(grouping: digits) { $0 }.values.allSatisfy { $0.count < 100 })
        }
        let numbers = codes.compactMap { number(ofBase62: $0) }
        #expect(Set(zip(numbers, numbers.dropFirst()).map { $1 &- $0 }).count == 1_999, "no step comes twice")
    }

    @Test("Sequential codes count")
    func sequential() {
        #expect((60...64).map { CodeScheme.sequential.code(of: $0) } == ["y", "z", "10", "11", "12"])
    }

    @Test("Keys are written and read as 32 hexadecimal digits, and nothing else is one")
    func keys() {
        for key in [RandomKey(high: 0, low: 1), RandomKey(high: .max, low: 0), .random(), .random()] {
            #expect(RandomKey(hexadecimal: Array(key.hexadecimal.utf8)) == key)
        }
        for text in [
            "", "0", String(repeating: "g", count: 32), String(repeating: "0", count: 33),
            "+" + String(repeating: "0", count: 31),
        ] {
            #expect(RandomKey(hexadecimal: Array(text.utf8)) == nil)
        }
    }
}
