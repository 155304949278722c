/// A moment as every interface writes it: RFC 3339, in UTC, with milliseconds.
public enum Timestamp {
    /// Such as `2026-11-21T09:00:00.000Z`.
    /// - Parameter milliseconds: since 1970.
    public static func text(milliseconds: Int) -> String {
        let (seconds, fraction) = floorDivision(milliseconds, by: 1000)
        return UTCTime(seconds: seconds).text(fraction: fraction)
    }

    /// For people, to the minute: `2026-11-21 09:00 UTC`.
    public static func readable(milliseconds: Int) -> String {
        let time = UTCTime(seconds: floorDivision(milliseconds, by: 1000).quotient)
        return "\(date(time)) \(time.clock.prefix(5)) UTC"
    }

    private static func date(_ time: UTCTime) -> String {
        [(time.year, 4), (time.month + 1, 2), (time.day, 2)].map { UTCTime.padded($0, to: $1) }.joined(separator: "-")
    }

    private static func floorDivision(_ number: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
