#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A moment as every interface writes it: RFC 3339, in UTC, with milliseconds.
public enum Timestamp {
    /// Such as `2026-11-21T09:00:00.000Z`.
    /// - Parameter milliseconds: since 1970.
    public static func text(milliseconds: Int) -> String {
        let (seconds, fraction) = floorDivision(milliseconds, by: 1000)
        return "\(day(seconds))T\(clock(seconds)).\(padded(fraction, to: 3))Z"
    }

    /// For people, to the minute: `2026-11-21 09:00 UTC`.
    public static func readable(milliseconds: Int) -> String {
        let (seconds, _) = floorDivision(milliseconds, by: 1000)
        return "\(day(seconds)) \(clock(seconds).prefix(5)) UTC"
    }

    private static func day(_ seconds: Int) -> String {
        let parts = parts(seconds)
        return
            "\(padded(Int(parts.tm_year) + 1900, to: 4))-\(padded(Int(parts.tm_mon) + 1, to: 2))-\(padded(Int(parts.tm_mday), to: 2))"
    }

    private static func clock(_ seconds: Int) -> String {
        let parts = parts(seconds)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), to: 2) }.joined(separator: ":")
    }

    private static func parts(_ seconds: Int) -> tm {
        var (time, parts) = (time_t(seconds), tm())
        gmtime_r(&time, &parts)
        return parts
    }

    private static func padded(_ number: Int, to length: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }

    private static func floorDivision(_ number: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
