/// The visits of one link, added up until they are sent.
struct LinkVisits: Sendable, Hashable {
    /// So many referrers are told apart in one batch; the rest is counted together.
    static let maximumReferrers = 100
    static let otherReferrers = "other"

    /// People's visits of `day`, counted in days since 1970. Nearly always all are of one day, so this needs no memory of its own.
    private(set) var day = 0
    private(set) var visitsOfDay = 0
    private(set) var visitsOfOtherDays: [Int: Int] = [:]
    private(set) var botVisits = 0
    private(set) var referrers: [String: Int] = [:]
    private(set) var countries: [String: Int] = [:]
    private(set) var visitors: Set<UInt64> = []
    /// A person's, milliseconds since 1970; 0: none.
    private(set) var lastVisitAt = 0

    /// People's visits.
    var visits: Int { visitsOfDay + visitsOfOtherDays.values.reduce(0, +) }
    /// How much is kept beside plain counters.
    var details: Int { visitors.count + referrers.count + countries.count }

    /// - Parameter keepsDetails: false when there is no room for more: then a new visitor is not remembered, and a new referrer
    ///   is one of the others.
    mutating func add(_ visit: Visit, keepsDetails: Bool) {
        // What machines do says nothing of people.
        guard !visit.isBot else { return botVisits += 1 }
        add(1, onDay: CalendarDay(milliseconds: visit.at).number)
        lastVisitAt = max(lastVisitAt, visit.at)
        if let host = visit.referrerHost { add(1, fromReferrer: host, keepsDetails: keepsDetails) }
        if let country = visit.country { countries[country, default: 0] += 1 }
        if let visitor = visit.visitor, keepsDetails { visitors.insert(visitor) }
    }

    mutating func add(_ other: LinkVisits, keepsDetails: Bool) {
        botVisits += other.botVisits
        lastVisitAt = max(lastVisitAt, other.lastVisitAt)
        add(other.visitsOfDay, onDay: other.day)
        for (day, visits) in other.visitsOfOtherDays { add(visits, onDay: day) }
        for (host, visits) in other.referrers { add(visits, fromReferrer: host, keepsDetails: keepsDetails) }
        countries.merge(other.countries, uniquingKeysWith: +)
        if keepsDetails { visitors.formUnion(other.visitors) }
    }

    /// Keeps so many visitors, and returns the rest: they are sent alone.
    mutating func takeVisitors(beyond count: Int) -> LinkVisits? {
        guard visitors.count > count else { return nil }
        let all = Array(visitors)
        var rest = LinkVisits()
        rest.visitors = Set(all[count...])
        visitors = Set(all[..<count])
        return rest
    }

    private mutating func add(_ visits: Int, onDay day: Int) {
        guard visits > 0 else { return }
        if visitsOfDay == 0 { self.day = day }
        if day == self.day { visitsOfDay += visits } else { visitsOfOtherDays[day, default: 0] += visits }
    }

    private mutating func add(_ visits: Int, fromReferrer host: String, keepsDetails: Bool) {
        let isKept = referrers[host] != nil || keepsDetails && referrers.count < Self.maximumReferrers
        referrers[isKept ? host : Self.otherReferrers, default: 0] += visits
    }
}
