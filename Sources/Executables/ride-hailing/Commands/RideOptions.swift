import ArgumentParser
import RideHailing
import ServiceKit

/// How rides find drivers: the same for all who share a Redis.
struct RideOptions: ParsableArguments {
    @Option(help: "To one driver after the other, or to several at once: sequential or broadcast. (default: sequential)")
    var offerMode: String?
    @Option(help: "For so long an offer is open. (default: 10)")
    var offerSeconds: Int?
    @Option(help: "With broadcast: to so many drivers at once. (default: 10)")
    var broadcastDrivers: Int?
    @Option(help: "No driver who is farther away is offered a ride. (default: 5000)")
    var searchRadiusMeters: Int?
    @Option(help: "Within this time of its request a ride has a driver, or is given up. (default: 60)")
    var matchDeadlineSeconds: Int?
    @Option(help: "A driver who was not seen for so long is not found. (default: 15)")
    var driverTtlSeconds: Int?
    @Option(help: "How many rides are brought to drivers at once; 0 leaves that to `ride-hailing matcher`. (default: 16)")
    var matchers: Int?

    /// - Parameter matchers: how many there may be.
    /// - Throws: `UsageError`.
    func configuration(_ settings: Settings, matchers range: ClosedRange<Int> = 0...256) throws -> RideHailingConfiguration {
        var configuration = RideHailingConfiguration()
        // When thousands ask in the same moment, the last of them waits for this long rather than being refused.
        configuration.redisDeadline = .seconds(2)
        if let mode: OfferMode = try settings.choice("offer-mode", offerMode) { configuration.offerMode = mode }
        if let seconds = try settings.integer("offer-seconds", offerSeconds, in: 1...3_600) {
            configuration.offerDuration = .seconds(seconds)
        }
        if let drivers = try settings.integer("broadcast-drivers", broadcastDrivers, in: 1...100) {
            configuration.broadcastDrivers = drivers
        }
        if let meters = try settings.integer("search-radius-meters", searchRadiusMeters, in: 1...50_000) {
            configuration.searchRadiusMeters = Double(meters)
        }
        if let seconds = try settings.integer("match-deadline-seconds", matchDeadlineSeconds, in: 1...3_600) {
            configuration.matchDeadline = .seconds(seconds)
        }
        if let seconds = try settings.integer("driver-ttl-seconds", driverTtlSeconds, in: 1...3_600) {
            configuration.driverLifetime = .seconds(seconds)
        }
        if let matchers = try settings.integer("matchers", matchers, in: range) {
            configuration.runsMatcher = matchers > 0
            configuration.matcherLanes = max(1, matchers)
        }
        return configuration
    }
}
