import Redis

extension RideHailing {
    /// Quotes a price, which holds for ``RideHailingConfiguration/fareLifetime`` and one ride of the rider.
    /// - Throws: ``RideHailingError/noRoute``.
    public func quote(from: Coordinate, to: Coordinate, for rider: String) async throws(RideHailingError) -> Fare {
        _ = try UserName(rider)
        let route: Route
        do { route = try await routes.route(from: from, to: to) } catch { throw .noRoute }
        // What another's service says is not relied on.
        guard (0...50_000_000).contains(route.distanceMeters), (0...50_000_000).contains(route.durationSeconds) else {
            throw .noRoute
        }
        let authenticator = try await sharedAuthenticator()
        let (now, surge) = try await surge(at: from)
        let fare = Fare(
            id: Identifier.random(), rider: rider, from: from, to: to, distanceMeters: Int(route.distanceMeters.rounded()),
            durationSeconds: Int(route.durationSeconds.rounded()),
            amountCents: configuration.prices.amountCents(for: route, surge: surge), currency: configuration.prices.currency,
            expiresAtMilliseconds: now + configuration.fareLifetime.milliseconds)
        let key = RideHailingKeys.fare(fare.id)
        _ = try await replies(to: [
            RedisCommand("HSET", arguments: [key] + fare.fields(signedWith: authenticator), isIdempotent: true),
            RedisCommand("PEXPIREAT", key, fare.expiresAtMilliseconds, isIdempotent: true),
        ])
        return fare
    }

    /// - Returns: nil: there is none any more, it is another's, or it was not made here.
    func fare(_ id: String, of rider: UserName) async throws(RideHailingError) -> Fare? {
        guard Identifier.isValid(id) else { return nil }
        let fields: [String: String] = try decode(
            try await send(RedisCommand("HGETALL", RideHailingKeys.fare(id), isIdempotent: true)))
        guard !fields.isEmpty, let fare = Fare(fields: fields, signedWith: try await sharedAuthenticator()),
            fare.id == id, try UserName(fare.rider) == rider
        else { return nil }
        return fare
    }

    private static let demandMinutes = 5

    /// The time, and by how much demand raises prices at a place.
    private func surge(at place: Coordinate) async throws(RideHailingError) -> (now: Int, surge: Double) {
        let now = try RedisClock.milliseconds(try await send(RedisCommand("TIME", isIdempotent: true)))
        let cell = CityCell(containing: place)
        let minutes = (0..<Self.demandMinutes).map { RideHailingKeys.demand(in: cell, minute: now / 60_000 - $0) }
        let replies = try await replies(to: [
            RedisCommand("MGET", arguments: minutes, isIdempotent: true),
            RedisCommand("ZCARD", RideHailingKeys.drivers(in: cell), isIdempotent: true),
        ])
        let requests: [Int?] = try decode(replies[0])
        return (
            now, configuration.prices.surge(requests: requests.reduce(0) { $0 + ($1 ?? 0) }, drivers: try decode(replies[1]))
        )
    }

    /// A ride was requested. What is lost of this changes no more than a price a little.
    func noteDemand(at place: Coordinate, milliseconds: Int) async {
        let key = RideHailingKeys.demand(in: CityCell(containing: place), minute: milliseconds / 60_000)
        _ = try? await replies(to: [RedisCommand("INCR", key), RedisCommand("EXPIRE", key, (Self.demandMinutes + 1) * 60)])
    }
}
