/// What one batch adds to one link, in the form in which it travels: counters by their names in Redis, and visitors.
///
/// As text: the moment of the last visit, then each counter as `name=amount`, then the visitors, with spaces between.
/// People's visits are counted by day and not once more in total.
struct VisitCounts: Sendable, Hashable {
    struct Counter: Sendable, Hashable {
        let name: String
        let amount: Int
    }

    /// Milliseconds since 1970; 0: none.
    var lastVisitAt = 0
    var counters: [Counter] = []
    /// Apart from the other counters, since a link tells only so many apart.
    var referrers: [Counter] = []
    var visitors: [String] = []

    init(_ visits: LinkVisits) {
        lastVisitAt = visits.lastVisitAt
        func add(_ name: String, _ amount: Int) {
            if amount > 0 { counters.append(Counter(name: name, amount: amount)) }
        }
        add(StatisticsField.botVisits, visits.botVisits)
        add(StatisticsField.day + CalendarDay(number: visits.day).description, visits.visitsOfDay)
        for (day, amount) in visits.visitsOfOtherDays { add(StatisticsField.day + CalendarDay(number: day).description, amount) }
        for (country, amount) in visits.countries { add(StatisticsField.country + country, amount) }
        referrers = visits.referrers.map { Counter(name: StatisticsField.referrer + $0.key, amount: $0.value) }
        visitors = visits.visitors.map { String($0, radix: 36) }
    }

    /// People's and bots'.
    var visits: Int {
        counters.reduce(0) {
            $1.name.hasPrefix(StatisticsField.day) || $1.name == StatisticsField.botVisits ? $0 + $1.amount : $0
        }
    }

    var text: String {
        var text = String(lastVisitAt)
        for counter in counters + referrers { text += " \(counter.name)=\(counter.amount)" }
        for visitor in visitors { text += " " + visitor }
        return text
    }

    /// nil: not written by ``text``.
    init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let first = words.first, let last = Int(first), last >= 0 else { return nil }
        lastVisitAt = last
        var names: Set<Substring> = []
        for word in words.dropFirst() {
            if let equals = word.lastIndex(of: "=") {
                let name = word[..<equals]
                guard let amount = Int(word[word.index(after: equals)...]), amount > 0, amount <= Self.maximumAmount,
                    StatisticsField.isCounter(name), names.insert(name).inserted
                else { return nil }
                let counter = Counter(name: String(name), amount: amount)
                if name.hasPrefix(StatisticsField.referrer) { referrers.append(counter) } else { counters.append(counter) }
            } else {
                guard !word.isEmpty else { return nil }
                visitors.append(String(word))
            }
        }
        guard counters.count + referrers.count <= Self.maximumCounters, visitors.count <= Self.maximumVisitors else { return nil }
    }

    /// More could not be the arguments of one call in Lua.
    static let maximumVisitors = 5000
    private static let maximumCounters = 2500
    private static let maximumAmount = 1 << 50
}

/// The names of the counters in a link's hash.
enum StatisticsField {
    static let botVisits = "botVisits"
    static let last = "last"
    static let day = "day:"
    static let referrer = "referrer:"
    static let country = "country:"

    /// Not `last` or `batch`, which are no counters.
    static func isCounter(_ name: some StringProtocol) -> Bool {
        name == botVisits || [day, referrer, country].contains { name.hasPrefix($0) }
    }
}
