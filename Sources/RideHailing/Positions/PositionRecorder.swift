import Metrics
import Redis
import Synchronization

/// Gathers positions for some milliseconds, and records them with one call for each cell.
final class PositionRecorder: Sendable {
    private let redis: any RedisCommands
    private let configuration: RideHailingConfiguration
    private let state = Mutex(State())
    private let recorded = Counter(label: "ride_hailing_positions_recorded_total")
    private let dropped = Counter(label: "ride_hailing_positions_dropped_total")

    private struct State {
        var batch = PositionBatch()
        var isRunning = false
    }

    /// So many drivers wait at most.
    private static let maximumWaiting = 65_536
    /// So many drivers in one call, which Redis does nothing else beside.
    private static let driversPerCall = 32
    /// So many in calls that are sent together, for which waits what is asked on the same connection then.
    private static let driversPerPipeline = 64
    /// A batch that is larger, since more come than are taken, goes in so many parts at most: then the way to Redis and back counts.
    private static let pipelinesPerBatch = 8

    init(redis: any RedisCommands, configuration: RideHailingConfiguration) {
        (self.redis, self.configuration) = (redis, configuration)
    }

    /// - Returns: false: too many wait, and nothing comes of this one.
    func add(_ position: DriverPosition, _ completion: PositionBatch.Completion?) -> Bool {
        let (isTaken, begins, outdated) = state.withLock { state -> (Bool, Bool, PositionBatch.Completion?) in
            guard state.batch.entries.count < Self.maximumWaiting else { return (false, false, nil) }
            let outdated = state.batch.add(position, completion)
            defer { state.isRunning = true }
            return (true, !state.isRunning, outdated)
        }
        outdated?(.success(.outdated))
        // Not a child of whoever came first: it goes on for others.
        if begins { Task { await run() } }
        return isTaken
    }

    /// One batch after the other, so that none overtakes another. What has come while one took longer than the interval goes at once.
    private func run() async {
        var due = ContinuousClock.now + configuration.positionInterval
        while true {
            try? await Task.sleep(until: due)
            due = .now + configuration.positionInterval
            let batch = state.withLock { state in
                defer { state.batch = PositionBatch() }
                if state.batch.entries.isEmpty { state.isRunning = false }
                return state.batch
            }
            if batch.entries.isEmpty { return }
            await record(batch)
        }
    }

    private func record(_ batch: PositionBatch) async {
        var rest = batch.groups(ofAtMost: Self.driversPerCall)[...]
        let size = max(Self.driversPerPipeline, batch.entries.count / Self.pipelinesPerBatch)
        var count = 0
        while !rest.isEmpty {
            var drivers = 0
            let part = rest.prefix { group in
                drivers += group.entries.count
                return drivers <= size
            }
            rest = rest.dropFirst(part.count)
            count += await record(part)
        }
        recorded.increment(by: count)
        dropped.increment(by: batch.entries.count - count)
    }

    /// - Returns: how many were recorded.
    private func record(_ groups: ArraySlice<PositionBatch.Group>) async -> Int {
        let replies = await redis.pipeline(groups.map(call), deadline: configuration.redisDeadline)
        var departures: [RedisCommand] = []
        var count = 0
        for (group, reply) in zip(groups, replies) {
            let outcomes: [RedisValue]
            do throws(RideHailingError) {
                outcomes = try self.outcomes(reply, of: group.entries.count)
            } catch {
                for entry in group.entries { entry.completion?(.failure(error)) }
                continue
            }
            for (entry, outcome) in zip(group.entries, outcomes) {
                switch outcome {
                case .integer(0): entry.completion?(.success(.outdated))
                case .integer(-1): entry.completion?(.success(.inFuture))
                default:
                    if let left = (try? outcome.decode(as: String.self)).flatMap({ CityCell(text: $0) }) {
                        departures.append(placement(of: entry.position.name, in: left, as: nil, configuration))
                    }
                    entry.completion?(.success(.recorded))
                    count += 1
                }
            }
        }
        // What is lost of these, a search passes over, and the cell forgets.
        if !departures.isEmpty { _ = await redis.pipeline(departures, deadline: configuration.redisDeadline) }
        return count
    }

    private func outcomes(
        _ reply: Result<RedisValue, RedisError>, of count: Int
    ) throws(RideHailingError) -> [RedisValue] {
        let outcomes: [RedisValue]
        do { outcomes = try reply.get().decode() } catch { throw .redis(error) }
        guard outcomes.count == count else { throw .unreadableRecord }
        return outcomes
    }

    private func call(_ group: PositionBatch.Group) -> RedisCommand {
        let cell = group.cell
        var keys = [RideHailingKeys.drivers(in: cell), RideHailingKeys.seen(in: cell)]
        var arguments: [any RedisArgument] = [
            cell.text, configuration.driverLifetime.milliseconds, DriverPosition.keptMilliseconds,
            DriverPosition.futureMilliseconds, RideHailingKeys.positionChannelPrefix,
        ]
        for entry in group.entries {
            let position = entry.position
            let place = cell.placeInSet(position.coordinate)
            keys += [RideHailingKeys.position(of: position.name), RideHailingKeys.state(of: position.name)]
            arguments +=
                [
                    position.name.encoded, position.atMilliseconds.map { "\($0)" } ?? "", place.longitude, place.latitude,
                    position.text,
                ] as [any RedisArgument]
        }
        // Twice: of a position that says when, the second is older than the first; else it is recorded again.
        return RideHailingScripts.recordPositions.call(keys: keys, arguments: arguments, isIdempotent: true)
    }
}
