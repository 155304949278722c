import ArgumentParser
import Redis
import RideHailing

/// How many positions the service has written to Redis, by Redis' own account: each is one SET, and there are no others.
struct RecordedPositions: Sendable {
    let redis: RedisClient
    private let before: Int

    init(_ redis: RedisClient) async throws {
        self.redis = redis
        before = try await Self.sets(redis)
    }

    /// Since this was made.
    func count() async throws -> Int { try await Self.sets(redis) - before }

    private static func sets(_ redis: RedisClient) async throws -> Int {
        let text: String = try await redis.send(
            RedisCommand("INFO", "commandstats", isIdempotent: true), deadline: .seconds(5)
        ).decode()
        let start = "cmdstat_set:calls="
        guard let line = text.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix(start) }) else { return 0 }
        guard let count = Int(line.dropFirst(start.count).prefix { $0 != "," }) else {
            throw ValidationError("Redis counts otherwise: \(line)")
        }
        return count
    }

    /// Waits until Redis has all that were sent, and looks whether drivers are where they said last.
    static func check(
        _ sent: Int, _ last: [(driver: String, place: City.Place)], _ recorded: RecordedPositions, _ rides: RideHailing
    ) async throws {
        let end = ContinuousClock.now + .seconds(10)
        var count = try await recorded.count()
        while count < sent, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
            count = try await recorded.count()
        }
        guard count == sent else { throw ValidationError("\(sent) positions were sent, and Redis has \(count)") }
        try await concurrently(0..<last.count) { number in
            let (driver, place) = last[number]
            guard try await rides.lastPosition(of: driver)?.coordinate == place.coordinate else {
                throw ValidationError("\(driver) is not where he said last: \(place.json)")
            }
        }
    }
}
