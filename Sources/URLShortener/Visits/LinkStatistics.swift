/// How often a link was visited, and by whom.
///
/// ``visits`` and what follows are people's: whoever says that it is a machine is counted in ``botVisits`` and nowhere else.
public struct LinkStatistics: Sendable, Hashable {
    public struct Day: Sendable, Hashable {
        /// In UTC, such as `2026-11-21`.
        public let day: String
        public let visits: Int
    }

    public struct Referrer: Sendable, Hashable {
        /// `other`: all that are not told apart.
        public let host: String
        public let visits: Int
    }

    public struct Country: Sendable, Hashable {
        /// Two letters.
        public let country: String
        public let visits: Int
    }

    public var visits = 0
    public var botVisits = 0
    /// An estimate, within some percent (a HyperLogLog, standard error 0.81 %).
    public var uniqueVisitors = 0
    /// The oldest first.
    public var byDay: [Day] = []
    /// The most frequent first.
    public var referrers: [Referrer] = []
    /// The most frequent first.
    public var countries: [Country] = []
    /// Milliseconds since 1970; nil: nobody was here.
    public var lastVisitAt: Int?

    /// - Parameter counters: the hash as `count_visits.lua` writes it. What is unknown there is left out.
    init(counters: [String: String], visitors: Int) {
        for (name, text) in counters {
            guard let number = Int(text) else { continue }
            switch name {
            case StatisticsField.botVisits: botVisits = number
            case StatisticsField.last: lastVisitAt = number
            default:
                if let day = name.behind(StatisticsField.day) {
                    visits += number
                    byDay.append(Day(day: day, visits: number))
                } else if let host = name.behind(StatisticsField.referrer) {
                    referrers.append(Referrer(host: host, visits: number))
                } else if let country = name.behind(StatisticsField.country) {
                    countries.append(Country(country: country, visits: number))
                }
            }
        }
        byDay.sort { $0.day < $1.day }
        referrers.sort { ($1.visits, $0.host) < ($0.visits, $1.host) }
        countries.sort { ($1.visits, $0.country) < ($0.visits, $1.country) }
        // An estimate may be too high; there are never more visitors than visits.
        uniqueVisitors = min(visitors, visits)
    }
}

extension String {
    fileprivate func behind(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
