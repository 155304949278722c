public import Logging
import Metrics
import NIOCore
public import Redis
public import ServiceLifecycle
import Synchronization

/// Brings rides to drivers: offers them, again when an offer is over, and gives them up in time. Any number of matchers work side by
/// side; one also works alone, in a process of its own.
///
/// What is to be done, and when, lies in Redis. A matcher remembers nothing: what one leaves, killed, another takes up when its claim is
/// over; and what two do at once only one of them can have done, since each change says which version it saw.
public final class Matcher: Service {
    private let redis: any RedisCommands
    private let configuration: RideHailingConfiguration
    private let logger: Logger
    private let state = Mutex(State())
    private let offered = Counter(label: "ride_hailing_offers_total")
    private let unmatched = Counter(label: "ride_hailing_rides_unmatched_total")

    private struct State {
        var isStopping = false
        /// When Redis last said what is to be done, or a ride was got on with.
        var lastTurnAt: NIODeadline?
    }

    /// So long it waits when nothing is due.
    private static let pause: Duration = .milliseconds(20)
    /// A search finds some more than are needed: others want them, too.
    private static let spareDrivers = 4
    /// So often it searches for one ride before it lets it wait.
    private static let searches = 4

    public convenience init(
        redis: RedisClient, configuration: RideHailingConfiguration = .init(), logger: Logger = Logger(label: "ride-hailing")
    ) {
        self.init(commands: redis, configuration: configuration, logger: logger)
    }

    init(commands: any RedisCommands, configuration: RideHailingConfiguration, logger: Logger) {
        (redis, self.configuration, self.logger) = (commands, configuration, logger)
    }

    /// Whether it has got on within the last five seconds.
    func isWorking(now: NIODeadline) -> Bool {
        state.withLock { $0.lastTurnAt.map { $0 + .seconds(5) > now } ?? false }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }
    private func noteTurn() { state.withLock { $0.lastTurnAt = .now() } }

    /// Runs until the task is cancelled or the service group shuts down; rides that it has claimed by then it works on first.
    public func run() async throws {
        state.withLock { $0.isStopping = false }
        await cancelWhenGracefulShutdown {
            await withTaskCancellationHandler {
                // Not cancelled itself: what it has claimed would wait for another.
                await Task {
                    await withTaskGroup { group in
                        group.addTask { await self.turns(through: [RideHailingKeys.due]) }
                        // By themselves: whose time is up does not wait for others, however slow those are.
                        group.addTask { await self.turns(through: [RideHailingKeys.deadlines]) }
                        await group.waitForAll()
                    }
                }.value
            } onCancel: {
                self.state.withLock { $0.isStopping = true }
            }
        }
    }

    private func turns(through keys: [String]) async {
        while !isStopping {
            do {
                if try await turn(keys) > 0 { continue }
            } catch {
                logger.debug("Rides cannot be claimed", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .milliseconds(100))
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Claims rides with which something is due, and does it.
    /// - Returns: how many there were.
    func turn(_ keys: [String] = [RideHailingKeys.deadlines, RideHailingKeys.due]) async throws(RideHailingError) -> Int {
        let lanes = max(1, configuration.matcherLanes)
        let rides: [String]
        do {
            rides = try await redis.send(
                RideHailingScripts.claimRides.call(
                    keys: keys, arguments: [2 * lanes] + keys.map { claimDuration(of: $0).milliseconds }),
                deadline: configuration.redisDeadline
            ).decode()
        } catch {
            throw .redis(error)
        }
        noteTurn()
        await withTaskGroup(of: Void.self) { group in
            for (index, ride) in rides.enumerated() {
                if index >= lanes { await group.next() }
                group.addTask { await self.advance(ride) }
            }
        }
        return rides.count
    }

    /// Of a ride whose time is up so short that another can still end it in time.
    private func claimDuration(of key: String) -> Duration {
        key == RideHailingKeys.deadlines ? configuration.lastClaimDuration : configuration.claimDuration
    }

    /// Does what is due with one ride. What fails is due again when the claim is over.
    func advance(_ id: String) async {
        do throws(RideHailingError) {
            let reply = try await change(id, version: 0, RideHailingScripts.advanceRide, [])
            await redis.place(reply.moved, configuration)
            if reply.code == "offer", let ride = reply.ride { try await offer(ride) }
            if reply.code == "done" { unmatched.increment() }
            noteTurn()
        } catch {
            logger.debug("A ride does not get on", metadata: ["ride": "\(id)", "error": "\(error)"])
        }
    }

    private func offer(_ ride: Ride) async throws(RideHailingError) {
        var passedOver: Set<String>
        do {
            let asked: [String] = try await redis.send(
                RedisCommand("HKEYS", RideHailingKeys.offers(of: ride.id), isIdempotent: true),
                deadline: configuration.redisDeadline
            ).decode()
            passedOver = Set(asked)
        } catch {
            throw .redis(error)
        }
        // Whoever is found is often found by others at the same moment, and only one of them can have him.
        for _ in 0..<Self.searches {
            let drivers = try await nearest(to: ride, passing: passedOver)
            let reply = try await offer(ride, to: drivers)
            if reply.code == "done" { offered.increment() }
            await redis.place(reply.moved, configuration)
            guard reply.code == "none", !drivers.isEmpty else { return }
            passedOver.formUnion(drivers)
        }
    }

    /// - Returns: their names, encoded.
    private func nearest(to ride: Ride, passing passedOver: Set<String>) async throws(RideHailingError) -> [String] {
        let search = NearbySearch(
            redis: redis, configuration: configuration, center: ride.from, radiusMeters: configuration.searchRadiusMeters,
            limit: configuration.driversPerRound + Self.spareDrivers, excluded: passedOver)
        var names: [String] = []
        for driver in try await search.run() { names.append(try UserName(driver.driver).encoded) }
        return names
    }

    private func offer(_ ride: Ride, to drivers: [String]) async throws(RideHailingError) -> RideReply {
        let arguments: [any RedisArgument] = [
            configuration.offerMode == .sequential ? 1 : 0, configuration.driversPerRound,
            configuration.offerDuration.milliseconds, configuration.retryInterval.milliseconds,
        ]
        return try await change(ride.id, version: ride.version, RideHailingScripts.offerRide, arguments + drivers)
    }

    private func change(
        _ ride: String, version: Int, _ script: RedisScript, _ own: [any RedisArgument]
    ) async throws(RideHailingError) -> RideReply {
        try await changeRide(
            ride, by: .matcher, version: version, script, own, on: redis, configuration: configuration)
    }
}
