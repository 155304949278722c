import EmbeddedRedis
import Redis
import RideHailing
import TestSupport
import Testing

/// Nothing ends by itself because a machine is slow.
let unhurried = ["--driver-ttl-seconds", "600", "--offer-seconds", "300", "--match-deadline-seconds", "600"]

/// Runs a body with several instances on one Redis, once all are ready.
func withRideFleet<Value>(
    of count: Int = 2, _ arguments: [String] = unhurried, durability: EmbeddedRedis.Durability = .everySecond,
    _ body: (EmbeddedRedis, [RunningService]) async throws -> Value
) async throws -> Value {
    try await withFleet(.rideHailing, of: count, arguments, durability: durability) { server, services in
        try await everywhere(services, "is ready", within: .seconds(20)) { try await $0.isReady() }
        return try await body(server, services)
    }
}

/// Everything that happened to all rides, in order, once it is seen that nothing of it must never be.
@discardableResult
func checkedLog(
    _ server: EmbeddedRedis, _ mode: OfferMode = .sequential, _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> [RideLogEntry] {
    try await withClient(of: server) { client in
        let rides = RideHailing(redis: client)
        var log: [RideLogEntry] = []
        while true {
            let part = try await rides.log(after: log.last?.position)
            log += part
            if part.isEmpty { break }
        }
        var checker = RideLogChecker(mode: mode)
        for entry in log { checker.check(entry) }
        #expect(checker.violations.isEmpty, "\(checker.violations.prefix(5)) \(comment)", sourceLocation: sourceLocation)
        return log
    }
}
