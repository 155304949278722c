import Redis

/// Finds the nearest available drivers.
///
/// It looks in a small circle first, and in larger ones until it has found enough: Redis goes through all that lies in a circle,
/// however few are asked for. What the cells' sets say is a candidate only; what counts are the driver's own position and state, read
/// after it.
struct NearbySearch {
    let redis: any RedisCommands
    let configuration: RideHailingConfiguration
    let center: Coordinate
    let radiusMeters: Double
    let limit: Int
    /// Encoded names of drivers who are passed over.
    let excluded: Set<String>

    private static let firstRadiusMeters = 100.0
    /// A place in a GEO set is rounded by less than a meter.
    private static let marginMeters = 2.0

    /// So many candidates more than are asked for are looked at together: some of them are busy by now.
    private static let spareCandidates = 4

    private struct Candidate {
        let name: String
        let distanceMeters: Double
    }

    func run() async throws(RideHailingError) -> [NearbyDriver] {
        var radius = min(Self.firstRadiusMeters, radiusMeters)
        var count = 2 * limit + excluded.count
        while true {
            let (candidates, horizon) = try await candidates(within: radius, count: count)
            // Beyond it there may be others, nearer than who was found.
            let reach = min(radius, horizon)
            let found = try await available(among: candidates).filter { $0.distanceMeters <= reach }
            if found.count >= limit { return Array(found.prefix(limit)) }
            if horizon < radius {
                count *= 4
            } else {
                guard radius < radiusMeters else { return found }
                radius = min(4 * radius, radiusMeters)
            }
        }
    }

    /// The nearest in each cell, nearest first, and how far nobody was left out.
    private func candidates(
        within radius: Double, count: Int
    ) async throws(RideHailingError) -> (candidates: [Candidate], horizon: Double) {
        let cells = CityCell.touching(center, radiusMeters: radius + Self.marginMeters)
        let replies = await redis.pipeline(
            cells.map { cell in
                let place = cell.placeInSet(center)
                return RedisCommand(
                    "GEOSEARCH", RideHailingKeys.drivers(in: cell), "FROMLONLAT", place.longitude, place.latitude, "BYRADIUS",
                    radius + Self.marginMeters, "m", "ASC", "COUNT", count, "WITHDIST", isIdempotent: true)
            }, deadline: configuration.redisDeadline)
        var candidates: [String: Candidate] = [:]
        var horizon = Double.infinity
        do throws(RedisError) {
            for reply in replies {
                let entries: [[String]] = try reply.get().decode()
                for entry in entries where entry.count == 2 && !excluded.contains(entry[0]) {
                    guard let distance = Double(entry[1]) else { continue }
                    candidates[entry[0]] = Candidate(name: entry[0], distanceMeters: distance)
                }
                if entries.count >= count, let last = entries.last?.last.flatMap({ Double($0) }) {
                    horizon = min(horizon, last - Self.marginMeters)
                }
            }
        } catch {
            throw .redis(error)
        }
        return (candidates.values.sorted { $0.distanceMeters < $1.distanceMeters }, horizon)
    }

    /// Those of them who are available at this moment, nearest first; no more than are needed.
    private func available(among candidates: [Candidate]) async throws(RideHailingError) -> [NearbyDriver] {
        var found: [NearbyDriver] = []
        var rest = candidates[...]
        while !rest.isEmpty {
            let part = rest.prefix(limit + Self.spareCandidates)
            rest = rest.dropFirst(part.count)
            found += try await check(part)
            found.sort { $0.distanceMeters < $1.distanceMeters }
            if found.count >= limit, let next = rest.first,
                next.distanceMeters > found[limit - 1].distanceMeters + Self.marginMeters
            {
                break
            }
        }
        return found
    }

    private func check(_ candidates: ArraySlice<Candidate>) async throws(RideHailingError) -> [NearbyDriver] {
        let commands = candidates.flatMap { candidate in
            [
                RedisCommand("GET", RideHailingKeys.position(ofEncoded: candidate.name), isIdempotent: true),
                RedisCommand("HGET", RideHailingKeys.driverPrefix + candidate.name, "status", isIdempotent: true),
            ]
        }
        let replies = await redis.pipeline(
            commands + [RedisCommand("TIME", isIdempotent: true)], deadline: configuration.redisDeadline)
        var values: [RedisValue] = []
        do throws(RedisError) {
            for reply in replies { values.append(try reply.get()) }
        } catch {
            throw .redis(error)
        }
        let oldest = try RedisClock.milliseconds(values[values.count - 1]) - configuration.driverLifetime.milliseconds
        return zip(candidates, stride(from: 0, to: commands.count, by: 2)).compactMap { candidate, index in
            guard let status = try? values[index + 1].decode(as: String?.self), status == "available",
                let text = try? values[index].decode(as: String?.self), let position = KnownPosition(text: text),
                position.seenAtMilliseconds > oldest, let name = UserName.decode(candidate.name)
            else { return nil }
            let distance = center.distanceMeters(to: position.coordinate)
            guard distance <= radiusMeters else { return nil }
            return NearbyDriver(
                driver: name, coordinate: position.coordinate, distanceMeters: distance,
                seenAtMilliseconds: position.seenAtMilliseconds)
        }
    }
}

extension RideHailing {
    /// The nearest drivers who are available, nearest first: none who is offline, has a ride, is kept for one, or was not seen for
    /// ``RideHailingConfiguration/driverLifetime``.
    /// - Parameters:
    ///   - radiusMeters: 1 to 50,000.
    ///   - limit: 1 to 100.
    public func drivers(
        near center: Coordinate, radiusMeters: Double = 3_000, limit: Int = 10
    ) async throws(RideHailingError) -> [NearbyDriver] {
        guard (1...RideHailingError.maximumRadiusMeters).contains(radiusMeters) else { throw .invalidRadius }
        guard (1...RideHailingError.maximumLimit).contains(limit) else { throw .invalidLimit }
        return try await NearbySearch(
            redis: redis, configuration: configuration, center: center, radiusMeters: radiusMeters, limit: limit, excluded: []
        ).run()
    }
}
