#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A second's date and time of day, in UTC.
struct UTCTime {
    let year: Int
    /// From 0, January.
    let month: Int
    let day: Int
    /// From 0, Sunday.
    let weekday: Int
    private let hour: Int
    private let minute: Int
    private let second: Int

    /// - Parameter seconds: since 1970.
    init(seconds: Int) {
        var (time, parts) = (time_t(seconds), tm())
        gmtime_r(&time, &parts)
        (year, month, day, weekday) = (Int(parts.tm_year) + 1900, Int(parts.tm_mon), Int(parts.tm_mday), Int(parts.tm_wday))
        (hour, minute, second) = (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
    }

    /// `09:05:00`
    var clock: String {
        [hour, minute, second].map { Self.padded($0, to: 2) }.joined(separator: ":")
    }

    /// `2026-11-21T09:05:00.000Z`
    /// - Parameter fraction: milliseconds.
    func text(fraction: Int) -> String {
        guard (0...9999).contains(year) else {
            let date = [(year, 4), (month + 1, 2), (day, 2)].map { Self.padded($0, to: $1) }.joined(separator: "-")
            return "\(date)T\(clock).\(Self.padded(fraction, to: 3))Z"
        }
        // In one piece: each message that is sent has one.
        return String(unsafeUninitializedCapacity: 24) { text in
            var index = 0
            func append(_ number: Int, _ length: Int, _ separator: Unicode.Scalar) {
                var rest = number
                for place in stride(from: index + length - 1, through: index, by: -1) {
                    text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                text[index + length] = UInt8(ascii: separator)
                index += length + 1
            }
            append(year, 4, "-")
            append(month + 1, 2, "-")
            append(day, 2, "T")
            append(hour, 2, ":")
            append(minute, 2, ":")
            append(second, 2, ".")
            append(fraction, 3, "Z")
            return index
        }
    }

    /// With zeros before it.
    static func padded(_ number: Int, to length: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }
}
