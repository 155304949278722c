/// The identifier of a post or comment: 8 digits of the millisecond in which it was accepted, 2 of the microsecond in that, 3 random
/// ones; in Base62, 13 characters. So what somebody posts one after the other is in that order, too.
///
/// Identifiers sort as (time, identifier) does, so they alone give the order, and one identifier is an exact position in it.
/// Sorted sets hold the ``member`` in place of the identifier: each digit is turned round, so that the newest comes first. Redis
/// then finds the place of what is new at once, where it would have to go through a whole timeline otherwise.
struct PostID: Sendable, Hashable {
    static let length = 13
    private static let timeDigits = 8
    private static let fractionDigits = 2
    private static let randomDigits = length - timeDigits - fractionDigits

    /// As it lies in sorted sets: the newest first.
    let member: String

    var text: String { Self.turned(member) }

    /// What everyone sees.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy({ Base62.value(of: $0) != nil }) else { return nil }
        member = Self.turned(text)
    }

    init?(member: String) {
        guard let other = PostID(member) else { return nil }
        self = PostID(unchecked: Self.turned(other.member))
    }

    private init(unchecked member: String) { self.member = member }

    /// A new one.
    init(createdAtMicroseconds: Int) {
        let (milliseconds, fraction) = UInt64(max(0, createdAtMicroseconds)).quotientAndRemainder(dividingBy: 1000)
        let random = UInt64.random(in: 0..<Base62.count(ofLength: Self.randomDigits))
        member = Self.turned(
            Base62.encode(milliseconds, length: Self.timeDigits) + Base62.encode(fraction, length: Self.fractionDigits)
                + Base62.encode(random, length: Self.randomDigits))
    }

    /// Milliseconds since 1970.
    var createdAtMilliseconds: Int {
        text.utf8.prefix(Self.timeDigits).reduce(0) { $0 * Int(Base62.base) + Int(Base62.value(of: $1) ?? 0) }
    }

    private static func turned(_ text: some StringProtocol) -> String {
        String(
            decoding: text.utf8.map { Base62.digits[Int(Base62.base) - 1 - Int(Base62.value(of: $0) ?? 0)] }, as: UTF8.self)
    }
}

/// Numbers in the digits `0-9A-Za-z`, which are in the order of ASCII.
enum Base62 {
    static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    static let base: UInt64 = 62

    static func encode(_ number: UInt64, length: Int) -> String {
        var encoded: [UInt8] = []
        var rest = number
        while encoded.count < length {
            encoded.append(digits[Int(rest % base)])
            rest /= base
        }
        return String(decoding: encoded.reversed(), as: UTF8.self)
    }

    static func count(ofLength length: Int) -> UInt64 {
        (0..<length).reduce(1) { count, _ in count * base }
    }

    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 36
        default: nil
        }
    }
}
