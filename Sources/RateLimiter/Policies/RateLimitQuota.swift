/// How many requests each key may make in a period, as people write it: `100/1m`.
public struct RateLimitQuota: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Requests per period, from 1 to 1,000,000,000.
    public let count: Int
    /// The period in milliseconds, from 1 to 366 days.
    public let periodMs: Int64

    private static let counts = 1...1_000_000_000
    private static let periods: ClosedRange<Int64> = 1...366 * 86_400_000
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads a limit such as `100/1m`, `5/250ms` or `10/s`: a count, a slash, and a period in ms, s, m, h or d.
    ///
    /// - Throws: ``RateLimiterError/invalidQuota(reason:)``.
    public init(parsing text: String) throws(RateLimiterError) {
        func invalid(_ reason: String) -> RateLimiterError { .invalidQuota(reason: reason) }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw invalid("a count and a period, as in 100/1m") }
        guard let count = Self.digits(parts[0]), Self.counts.contains(count) else {
            throw invalid("a count from 1 to 1000000000 before the slash")
        }
        let number = parts[1].prefix { $0.isASCII && $0.isNumber }
        guard let unit = Self.units.first(where: { $0.name == parts[1].dropFirst(number.count) }) else {
            throw invalid("a period in ms, s, m, h or d after the slash, as in 100/1m")
        }
        guard let periods = number.isEmpty ? 1 : Self.digits(number) else { throw invalid("a period from 1ms to 366d") }
        let (period, overflow) = Int64(periods).multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow, Self.periods.contains(period) else { throw invalid("a period from 1ms to 366d") }
        self.init(validCount: count, periodMs: period)
    }

    private init(validCount count: Int, periodMs: Int64) {
        self.count = count
        self.periodMs = periodMs
    }

    /// The limit as the command line takes it, in the largest unit that fits: `100/1m`.
    public var description: String {
        let unit = Self.units.first { periodMs.isMultiple(of: $0.milliseconds) } ?? ("ms", 1)
        return "\(count)/\(periodMs / unit.milliseconds)\(unit.name)"
    }

    package var periodMicroseconds: Int64 { periodMs * 1000 }

    private static func digits(_ text: Substring) -> Int? {
        text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
    }
}
