/// A day in UTC.
struct CalendarDay: Sendable, Hashable, CustomStringConvertible {
    /// Days since 1 January 1970.
    let number: Int

    init(number: Int) {
        self.number = number
    }

    /// - Parameter milliseconds: since 1970.
    init(milliseconds: Int) {
        // Rounded down, before 1970 too.
        number = (milliseconds - (milliseconds < 0 ? 86_399_999 : 0)) / 86_400_000
    }

    /// `2026-11-21`.
    var description: String {
        var (year, rest) = (1970, number)
        // A cycle of the Gregorian calendar has 146,097 days.
        let cycles = (rest - (rest < 0 ? 146_096 : 0)) / 146_097
        year += cycles * 400
        rest -= cycles * 146_097
        while rest >= Self.length(ofYear: year) {
            rest -= Self.length(ofYear: year)
            year += 1
        }
        var month = 1
        while rest >= Self.length(ofMonth: month, in: year) {
            rest -= Self.length(ofMonth: month, in: year)
            month += 1
        }
        return "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(rest + 1, to: 2))"
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func length(ofYear year: Int) -> Int { isLeap(year) ? 366 : 365 }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
