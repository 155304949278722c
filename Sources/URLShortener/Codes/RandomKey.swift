/// 16 random bytes, as two numbers.
struct RandomKey: Sendable, Equatable {
    let high: UInt64
    let low: UInt64

    /// From the system's random numbers, which nobody can foretell.
    static func random() -> RandomKey {
        RandomKey(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }

    init?(hexadecimal text: [UInt8]) {
        let text = String(decoding: text, as: UTF8.self)
        guard text.utf8.count == 32, text.allSatisfy(\.isHexDigit), let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    var hexadecimal: String {
        [high, low].map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
