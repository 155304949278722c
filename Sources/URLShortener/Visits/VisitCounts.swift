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
        func add(_ counter: Counter) {
            text += " "
            text += counter.name
            text += "="
            text += String(counter.amount)
        }
        counters.forEach(add)
        referrers.forEach(add)
        for visitor in visitors {
            text += " "
            text += visitor
        }
        return text
    }

    /// nil: not written by ``text``.
    init?(text: [UInt8]) {
        let words = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let first = words.first, let last = Self.number(first) else { return nil }
        lastVisitAt = last
        var names: Set<String> = []
        for word in words.dropFirst() {
            if let equals = word.lastIndex(of: UInt8(ascii: "=")) {
                guard let name = String(validating: word[..<equals], as: UTF8.self),
                    let amount = Self.number(word[(equals + 1)...]),
                    amount > 0, amount <= Self.maximumAmount, StatisticsField.isCounter(name), names.insert(name).inserted
                else { return nil }
                let counter = Counter(name: name, amount: amount)
                if name.hasPrefix(StatisticsField.referrer) { referrers.append(counter) } else { counters.append(counter) }
            } else {
                guard !word.isEmpty, let visitor = String(validating: word, as: UTF8.self) else { return nil }
                visitors.append(visitor)
            }
        }
        guard counters.count + referrers.count <= Self.maximumCounters, visitors.count <= Self.maximumVisitors else { return nil }
    }

    /// Decimal digits, not negative.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...18).contains(digits.count) else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
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
