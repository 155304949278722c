import Redis

/// Whether a driver works.
public enum DriverAvailability: String, Sendable, CaseIterable {
    case available, offline
}

/// A ride that a driver may accept.
public struct RideOffer: Sendable, Hashable {
    public let ride: Ride
    /// Milliseconds since 1970.
    public let endsAtMilliseconds: Int
    /// With which it is accepted or rejected.
    public var version: Int { ride.version }
}

extension RideHailing {
    /// A driver begins or ends his work. Who ends it while he is offered rides rejects them.
    /// - Throws: ``RideHailingError/driverRiding(_:)``: he has a ride.
    public func setAvailability(of driver: String, to availability: DriverAvailability) async throws(RideHailingError) {
        let name = try UserName(driver)
        for _ in 0..<Self.attempts {
            let reply: [String] = try decode(
                try await send(
                    RideHailingScripts.setDriverStatus.call(
                        keys: [RideHailingKeys.state(of: name), RideHailingKeys.ride("")], availability.rawValue,
                        isIdempotent: true)))
            guard reply.count == 2 else { throw .unreadableRecord }
            if reply[0] == "riding" { throw .driverRiding(reply[1]) }
            guard reply[0] == "offered", availability == .offline else {
                await place([name])
                if availability == .offline { try await rejectOffers(to: name, driver) }
                return
            }
            let offered = try await ride(reply[1])
            do {
                _ = try await perform(.reject, on: reply[1], by: driver, version: offered.version)
            } catch .conflict {
                // It is over, or he has just accepted it: it is looked at again.
            }
        }
        // His state and the rides contradict each other.
        throw .unreadableRecord
    }

    /// Those for which he was not kept: others may have them, too, and need not wait for who has gone.
    private func rejectOffers(to name: UserName, _ driver: String) async throws(RideHailingError) {
        let key = RideHailingKeys.openOffers(of: name)
        for id in try decode(try await send(RedisCommand("ZRANGE", key, 0, -1, isIdempotent: true)), as: [String].self) {
            do throws(RideHailingError) {
                _ = try await perform(.reject, on: id, by: driver, version: try await ride(id).version)
            } catch {
                // Otherwise it is over meanwhile.
                if case .redis = error { throw error }
            }
        }
    }

    /// So many offers in a row a driver may get while he goes.
    private static let attempts = 10

    /// The offers that a driver may accept now, the first to end first: what he is shown when he connects again.
    public func openOffers(to driver: String) async throws(RideHailingError) -> [RideOffer] {
        let name = try UserName(driver)
        let replies = try await replies(to: [
            RedisCommand("TIME", isIdempotent: true),
            RedisCommand("ZRANGE", RideHailingKeys.openOffers(of: name), 0, -1, "WITHSCORES", isIdempotent: true),
            RedisCommand("HMGET", RideHailingKeys.state(of: name), "status", "ride", isIdempotent: true),
        ])
        let now = try RedisClock.milliseconds(replies[0])
        let entries: [String] = try decode(replies[1])
        let state: [String?] = try decode(replies[2])
        guard state.first != "riding", state.first != "offline" else { return [] }
        var offers: [RideOffer] = []
        for index in stride(from: 0, to: entries.count - 1, by: 2) {
            guard let ends = Int(entries[index + 1]), ends > now else { continue }
            do {
                let ride = try await ride(entries[index])
                if ride.status == .offered, ride.offerEndsAtMilliseconds == ends {
                    offers.append(RideOffer(ride: ride, endsAtMilliseconds: ends))
                }
            } catch .notFound {}
        }
        return offers
    }

    /// The ride that a driver has; nil: he has none.
    public func currentRide(of driver: String) async throws(RideHailingError) -> Ride? {
        let state: [String?] = try decode(
            try await send(
                RedisCommand("HMGET", RideHailingKeys.state(of: try UserName(driver)), "status", "ride", isIdempotent: true)))
        guard state.count == 2, state[0] == "riding", let id = state[1] else { return nil }
        return try await ride(id)
    }
}
