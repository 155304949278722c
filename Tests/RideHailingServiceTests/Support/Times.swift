import Foundation

/// Times as they are written in JSON: RFC 3339 in UTC with milliseconds.
enum Times {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func text(_ date: Date) -> String { date.formatted(style) }
    static func date(_ text: String) throws -> Date { try Date(text, strategy: style) }

    /// The time so many seconds from now.
    static func text(secondsFromNow seconds: Double) -> String { text(Date(timeIntervalSinceNow: seconds)) }
    /// From one time to another.
    static func seconds(from first: String, to second: String) throws -> Double {
        try date(second).timeIntervalSince(date(first))
    }
}

extension String {
    var isTime: Bool { wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil }
}
