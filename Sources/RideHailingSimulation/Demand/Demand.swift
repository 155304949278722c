/// How many rides are wanted, minute by minute.
public struct Demand: Sendable {
    /// Requests a minute, for so many minutes each.
    private let rates: [Double]
    private let minutesPerRate: Double

    /// The same all the time.
    public init(requestsPerMinute: Double) { (rates, minutesPerRate) = ([requestsPerMinute], .infinity) }

    /// As a file says.
    /// - Parameters:
    ///   - minutes: so long it lasts.
    ///   - mean: requests a minute in these minutes, in the file's proportions; nil: as many as the file says.
    public init(_ file: DemandFile, minutes: Double, mean: Double? = nil) {
        minutesPerRate = DemandFile.minutesPerRow
        let rates = file.rows.map { $0.requests / DemandFile.minutesPerRow }
        guard let mean else {
            self.rates = rates
            return
        }
        var total = 0.0
        for (index, rate) in rates.enumerated() {
            total += rate * min(max(0, minutes - Double(index) * DemandFile.minutesPerRow), DemandFile.minutesPerRow)
        }
        let factor = total > 0 ? mean * min(minutes, Double(rates.count) * DemandFile.minutesPerRow) / total : 0
        self.rates = rates.map { $0 * factor }
    }

    /// So long there is any; nobody asks for a ride after it.
    public var minutes: Double { Double(rates.count) * minutesPerRate }

    /// Requests a minute.
    func rate(at minute: Double) -> Double {
        guard minutesPerRate.isFinite else { return rates[0] }
        let index = Int(minute / minutesPerRate)
        return rates.indices.contains(index) ? rates[index] : 0
    }

    /// When somebody asks next: independent of one another, as often as the rate says (by thinning).
    /// - Returns: minutes; nil: nobody does any more before the end.
    func next(after minute: Double, until end: Double, _ random: inout SeededRandom) -> Double? {
        guard let highest = rates.max(), highest > 0 else { return nil }
        var minute = minute
        while true {
            minute += random.exponential(mean: 1 / highest)
            guard minute < end else { return nil }
            if random.share() * highest < rate(at: minute) { return minute }
        }
    }
}
