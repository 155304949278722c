extension Timestamp {
    /// Reads a time of RFC 3339, such as `2026-11-21T09:00:00Z` or `2026-11-21T10:00:00.25+01:00`. What is finer than a millisecond is
    /// cut off; a leap second is the first of the next minute.
    /// - Returns: milliseconds since 1970; nil when it is none.
    public static func milliseconds(of text: String) -> Int? {
        var reader = Reader(rest: text.utf8[...])
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2), reader.take("-"),
            let day = reader.number(digits: 2), reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(digits: 2), reader.take(":"), let minute = reader.number(digits: 2), reader.take(":"),
            let second = reader.number(digits: 2), let fraction = reader.fraction(), let offset = reader.offset(),
            reader.rest.isEmpty, (1...12).contains(month), (1...days(of: month, in: year)).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let seconds = ((dayNumber(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second
        return seconds * 1000 + fraction
    }

    private static func days(of month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970. Years are counted from March on, so that the day that not every year has is the last.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        // From 400 years before on: no negative number is divided.
        let years = shifted + 400
        let monthsSinceMarch = (month + 9) % 12
        let dayOfYear = (153 * monthsSinceMarch + 2) / 5 + day - 1
        return 365 * years + years / 4 - years / 100 + years / 400 + dayOfYear - 865_565
    }

    private struct Reader {
        var rest: Substring.UTF8View

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard let first = rest.first, first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func digit() -> Int? {
            guard let first = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
            rest.removeFirst()
            return Int(first - UInt8(ascii: "0"))
        }

        mutating func number(digits: Int) -> Int? {
            var number = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                number = 10 * number + digit
            }
            return number
        }

        /// Milliseconds behind a point, if there is one.
        mutating func fraction() -> Int? {
            guard take(".") else { return 0 }
            guard var milliseconds = digit() else { return nil }
            var places = 1
            while let digit = digit() {
                if places < 3 { milliseconds = 10 * milliseconds + digit }
                places += 1
            }
            while places < 3 {
                milliseconds *= 10
                places += 1
            }
            return milliseconds
        }

        /// Minutes ahead of UTC.
        mutating func offset() -> Int? {
            if take("Z") || take("z") { return 0 }
            let sign: Int
            if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
            guard let hours = number(digits: 2), take(":"), let minutes = number(digits: 2), hours < 24, minutes < 60 else {
                return nil
            }
            return sign * (60 * hours + minutes)
        }
    }
}
