/// Numbers in the digits `0-9A-Za-z`, the most significant first.
enum Base62 {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    static let base: UInt64 = 62

    /// - Parameter length: leading zeros fill it up; without one there are none.
    static func encode(_ number: UInt64, length: Int = 1) -> String {
        var encoded: [UInt8] = []
        var rest = number
        while rest > 0 || encoded.count < length {
            encoded.append(digits[Int(rest % base)])
            rest /= base
        }
        return String(decoding: encoded.reversed(), as: UTF8.self)
    }

    /// How many texts of a length there are; nil when they are more than can be counted.
    static func count(ofLength length: Int) -> UInt64? {
        var count: UInt64 = 1
        for _ in 0..<length {
            let (product, overflow) = count.multipliedReportingOverflow(by: base)
            if overflow { return nil }
            count = product
        }
        return count
    }
}
