import Foundation
import Testing

@testable import RideHailing

private enum TaxiTrips {
    static let path = ProcessInfo.processInfo.environment["GROUNDWORK_DATA"]
        .map { $0 + "/nyc_taxi_trips.csv" }
        .flatMap { FileManager.default.isReadableFile(atPath: $0) ? $0 : nil }
}

@Suite(
    "Estimates against real taxi trips",
    .enabled(if: TaxiTrips.path != nil, "GROUNDWORK_DATA does not name a folder that holds nyc_taxi_trips.csv"))
struct TaxiTripTests {
    private struct Trip {
        let meters, seconds, cents: Double

        init?(_ line: Substring) {
            let columns = line.split(separator: ",", omittingEmptySubsequences: false)
            guard columns.count == 14, let miles = Double(columns[3]), let fare = Double(columns[4]),
                let pickup = try? Self.style.parse(String(columns[0])), let dropoff = try? Self.style.parse(String(columns[1]))
            else { return nil }
            (meters, seconds, cents) = (miles * 1_609.344, dropoff.timeIntervalSince(pickup), fare * 100)
        }

        private static let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space).year().month().day().time(
            includingFractionalSeconds: false)

        /// A trip from one place to another, rather than a meter that was left running or a flat price.
        var isTypical: Bool { meters > 300 && (60...10_800).contains(seconds) && cents >= 250 }
    }

    @Test("Times and fares of thousands of trips in New York")
    func newYork() throws {
        let lines = try String(contentsOfFile: #require(TaxiTrips.path), encoding: .utf8).split(whereSeparator: \.isNewline)
            .dropFirst()
        let trips = lines.compactMap { Trip($0) }.filter(\.isTypical)
        try #require(trips.count > 6_000)
        let (routes, prices) = (GreatCircleRoutes(), PriceTable())
        func mean(_ value: (Trip) -> Double) -> Double { trips.reduce(0) { $0 + value($1) } / Double(trips.count) }
        let time = mean { abs(routes.duration(ofMeters: $0.meters) - $0.seconds) }
        let metered = mean {
            abs(Double(prices.amountCents(for: Route(distanceMeters: $0.meters, durationSeconds: $0.seconds))) - $0.cents)
        }
        let estimated = mean { trip in
            let route = Route(distanceMeters: trip.meters, durationSeconds: routes.duration(ofMeters: trip.meters))
            return abs(Double(prices.amountCents(for: route)) - trip.cents)
        }
        print(
            "\(trips.count) trips of \(Int(mean(\.seconds))) s and \(Int(mean(\.cents))) cents in the mean: estimated time off by"
        )
        print("\(Int(time)) s; fare off by \(Int(metered)) cents with the true time, \(Int(estimated)) with the estimated one")
        #expect(time / mean(\.seconds) < 0.3)
        #expect(metered / mean(\.cents) < 0.1)
        #expect(estimated / mean(\.cents) < 0.2)
    }
}
