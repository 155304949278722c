/// A moment of the log, in UTC; in JSON as in RFC 3339, with milliseconds.
public struct ReplayTime: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// Microseconds since 1970.
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// A date of the Gregorian calendar and a time of day in UTC; nil when there is none such, or it is before 1970.
    /// A leap second counts as the second after it.
    init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, zoneSeconds: Int = 0) {
        guard (1970...9999).contains(year), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = Self.daysBefore(year: year, month: month) + day - 1
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - zoneSeconds
        guard seconds >= 0 else { return nil }
        self.init(microseconds: Int64(seconds) * 1_000_000)
    }

    public static func < (left: ReplayTime, right: ReplayTime) -> Bool {
        left.microseconds < right.microseconds
    }

    /// For people: `2015-05-17 10:05:03 UTC`.
    public var description: String { "\(date) \(timeOfDay) UTC" }

    /// `2015-05-17`
    var date: String {
        let (year, month, day) = civil
        return "\(padded(year, 4))-\(padded(month))-\(padded(day))"
    }

    /// `10:05:03`
    var timeOfDay: String {
        let seconds = Int(microseconds / 1_000_000) % 86_400
        return "\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    }

    /// Days from 1970 to the first of a month. A year is counted from March, so that the leap day is its last.
    private static func daysBefore(year: Int, month: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let monthsSinceMarch = (month + 9) % 12
        return year * 365 + year / 4 - year / 100 + year / 400 + (153 * monthsSinceMarch + 2) / 5 - 719_468
    }

    private static func days(in month: Int, of year: Int) -> Int {
        month == 12 ? 31 : daysBefore(year: year, month: month + 1) - daysBefore(year: year, month: month)
    }

    private var civil: (year: Int, month: Int, day: Int) {
        let days = Int(microseconds / 86_400_000_000)
        var year = 1970 + days / 366  // never too late; few steps remain
        while Self.daysBefore(year: year + 1, month: 1) <= days { year += 1 }
        var month = 1
        while month < 12, Self.daysBefore(year: year, month: month + 1) <= days { month += 1 }
        return (year, month, days - Self.daysBefore(year: year, month: month) + 1)
    }

    private func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension ReplayTime {
    public func encode(to encoder: any Encoder) throws {
        let milliseconds = padded(Int(microseconds / 1000 % 1000), 3)
        var container = encoder.singleValueContainer()
        try container.encode("\(date)T\(timeOfDay).\(milliseconds)Z")
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let numbers = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
        guard text.utf8.count == 24, text.hasSuffix("Z"), numbers.count == 7,
            let second = ReplayTime(
                year: numbers[0], month: numbers[1], day: numbers[2],
                hour: numbers[3], minute: numbers[4], second: numbers[5])
        else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time such as 2015-05-17T10:05:03.000Z")
        }
        self.init(microseconds: second.microseconds + Int64(numbers[6]) * 1000)
    }
}
