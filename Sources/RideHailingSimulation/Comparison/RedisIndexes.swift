import Redis
import RedisMeasuring
import RideHailing
import Synchronization

/// All in one GEO set.
final class GeoSetIndex: PositionIndex {
    private let redis: RedisClient
    private let emptyBytes: Int
    private static let key = "drivers"
    /// So many commands go out together.
    private static let commandsPerPipeline = 1024

    init(_ redis: RedisClient) async throws {
        self.redis = redis
        emptyBytes = try await RedisInformation.read(from: redis).usedMemory
    }

    func record(_ moves: [Move]) async throws {
        let redis = redis
        try await withThrowingTaskGroup { group in
            for start in stride(from: 0, to: moves.count, by: Self.commandsPerPipeline) {
                let part = moves[start..<min(start + Self.commandsPerPipeline, moves.count)]
                group.addTask {
                    let commands = part.map { move in
                        RedisCommand(
                            "GEOADD", Self.key, move.place.longitude, move.place.latitude, "d\(move.driver)", isIdempotent: true)
                    }
                    for reply in await redis.pipeline(commands, deadline: ComparisonRedis.patience) { _ = try reply.get() }
                }
            }
            try await group.waitForAll()
        }
    }

    func nearest(to center: Coordinate, radiusMeters: Double, limit: Int) async throws -> [Int] {
        let names: [String] = try await redis.send(
            RedisCommand(
                "GEOSEARCH", Self.key, "FROMLONLAT", center.longitude, center.latitude, "BYRADIUS", radiusMeters, "m", "ASC",
                "COUNT", limit, isIdempotent: true)
        ).decode()
        return names.compactMap { Int($0.dropFirst()) }
    }

    func memoryBytes() async throws -> Int { try await RedisInformation.read(from: redis).usedMemory - emptyBytes }
}

/// As the service keeps them, by its own code.
final class ServiceIndex: PositionIndex {
    private let redis: RedisClient
    private let rides: RideHailing
    private let emptyBytes: Int
    private var known: Set<Int> = []

    init(_ redis: RedisClient) async throws {
        self.redis = redis
        var configuration = RideHailingConfiguration()
        // Nobody is lost because the comparison takes its time.
        configuration.driverLifetime = .seconds(3_600)
        configuration.redisDeadline = ComparisonRedis.patience
        rides = RideHailing(redis: redis, configuration: configuration)
        emptyBytes = try await RedisInformation.read(from: redis).usedMemory
    }

    func record(_ moves: [Move]) async throws {
        try await begin(moves.map(\.driver).filter { known.insert($0).inserted })
        let positions = try moves.map { try DriverPosition(driver: "d\($0.driver)", coordinate: $0.place) }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let rest = Countdown(positions.count) { continuation.resume(with: $0) }
            for position in positions {
                let isTaken = rides.enqueue(position) { rest.count($0) }
                if !isTaken { rest.count(.failure(.overloaded)) }
            }
        }
    }

    /// Drivers begin their work.
    private func begin(_ drivers: [Int]) async throws {
        let rides = rides
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, driver) in drivers.enumerated() {
                if number >= 256 { try await group.next() }
                group.addTask { try await rides.setAvailability(of: "d\(driver)", to: .available) }
            }
            try await group.waitForAll()
        }
    }

    func nearest(to center: Coordinate, radiusMeters: Double, limit: Int) async throws -> [Int] {
        try await rides.drivers(near: center, radiusMeters: radiusMeters, limit: limit).compactMap { Int($0.driver.dropFirst()) }
    }

    func memoryBytes() async throws -> Int { try await RedisInformation.read(from: redis).usedMemory - emptyBytes }
}

/// Waits until all positions have been recorded, or one was not.
private final class Countdown: Sendable {
    private let rest: Mutex<(count: Int, failure: RideHailingError?)>
    private let done: @Sendable (Result<Void, any Error>) -> Void

    init(_ count: Int, _ done: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        rest = Mutex((count, nil))
        self.done = done
        if count == 0 { done(.success(())) }
    }

    func count(_ result: Result<PositionOutcome, RideHailingError>) {
        let (isLast, failure) = rest.withLock { rest in
            rest.count -= 1
            if case .failure(let error) = result { rest.failure = error }
            return (rest.count == 0, rest.failure)
        }
        if isLast { done(failure.map { .failure($0) } ?? .success(())) }
    }
}
