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

    /// With zeros before it.
    static func padded(_ number: Int, to length: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }
}
