import Redis

extension RideHailing {
    /// Requests a ride at a fare: when this returns, the ride waits for a matcher, and will have an end in time.
    ///
    /// Two round trips. When many come at the same moment, they wait for their turn: all are taken, the last of them later.
    /// - Parameters:
    ///   - fare: of ``quote(from:to:for:)``, for the same rider; it serves one ride.
    ///   - idempotencyKey: the same key of the same rider with the same fare gives the same answer for 24 hours, from any instance,
    ///     and one ride.
    /// - Returns: the ride's id. It was requested with version 1.
    /// - Throws: ``RideHailingError``. After ``RideHailingError/redis(_:)`` the ride may have been requested.
    public func requestRide(fare id: String, by rider: String, idempotencyKey: String? = nil) async throws(RideHailingError)
        -> String
    {
        let name = try UserName(rider)
        var reservation: String?
        if let idempotencyKey {
            guard (1...RideHailingError.maximumIdempotencyKeyLength).contains(idempotencyKey.utf8.count),
                idempotencyKey.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else { throw .invalidIdempotencyKey }
            reservation = RideHailingKeys.reservation(Authenticator.digest(of: [rider, idempotencyKey]))
        }
        return try await requests.pass { [reservation] () async throws(RideHailingError) in
            try await requestRide(fare: id, by: name, reservation: reservation)
        }
    }

    private func requestRide(
        fare id: String, by name: UserName, reservation: String?
    ) async throws(RideHailingError) -> String {
        // Without it this may still be a repetition.
        let fare = try await fare(id, of: name)
        let ride = Identifier.random()
        let own: [any RedisArgument] = [
            configuration.givenUpAfter.milliseconds, reservation == nil ? "" : Authenticator.digest(of: [id]),
            Self.reservationMilliseconds,
        ]
        let reply = try await change(
            ride, by: name, version: 0, RideHailingScripts.createRide,
            keys: [
                RideHailingKeys.fare(Identifier.isValid(id) ? id : ""), reservation ?? RideHailingKeys.reservation("none"),
            ],
            own + (fare?.rideFields ?? []) as [any RedisArgument])
        switch reply.code {
        case "done":
            guard let made = reply.fields["id"] else { throw .unreadableRecord }
            // Otherwise it is a repetition.
            if made == ride, let from = fare?.from, let createdAt = reply.fields["createdAt"].flatMap({ Int($0) }) {
                metrics.noteRequested()
                await noteDemand(at: from, milliseconds: createdAt)
            }
            return made
        case "mismatch": throw .idempotencyConflict
        case "used": throw .fareUsed
        default: throw .unknownFare
        }
    }

    /// 24 hours.
    private static let reservationMilliseconds = 86_400_000

    /// A ride as it is.
    /// - Parameter user: its rider or a driver who was offered it; nil: whoever may see all.
    /// - Throws: ``RideHailingError/notFound``, ``RideHailingError/forbidden``.
    public func ride(_ id: String, for user: String? = nil) async throws(RideHailingError) -> Ride {
        guard Identifier.isValid(id) else { throw .notFound }
        let name = try user.map { (user) throws(RideHailingError) in try UserName(user).encoded } ?? ""
        let call = RideHailingScripts.readRide.call(
            keys: [RideHailingKeys.ride(id), RideHailingKeys.history(of: id), RideHailingKeys.offers(of: id)], name,
            isIdempotent: true)
        return try RideReply(try await send(call)).done()
    }

    /// Changes a ride, if it is still as it was seen. Repeating what one has won gives the ride again.
    ///
    /// - Parameter version: that of the ride, or of the offer, as the user has seen it: with an older one nothing is changed.
    /// - Returns: the ride as it is then.
    /// - Throws: ``RideHailingError/conflict(_:)`` with the ride as it is now, ``RideHailingError/notFound``,
    ///   ``RideHailingError/forbidden``. After ``RideHailingError/redis(_:)`` it may have been changed: repeat it.
    public func perform(
        _ transition: RideTransition, on id: String, by user: String, version: Int
    ) async throws(RideHailingError) -> Ride {
        guard Identifier.isValid(id) else { throw .notFound }
        let name = try UserName(user)
        let reply = try await change(id, by: name, version: version, transition.script)
        if reply.code == "conflict" { metrics.noteConflict() }
        let ride = try reply.done()
        // Who wins a ride is not free any more, the first time.
        metrics.note(transition, ride, isRepeated: reply.moved.isEmpty)
        await place(reply.moved)
        return ride
    }

    func change(
        _ ride: String, by user: UserName, version: Int, _ script: RedisScript, keys: [String] = [],
        _ own: [any RedisArgument] = []
    ) async throws(RideHailingError) -> RideReply {
        try await changeRide(
            ride, by: user, version: version, script, keys: keys, own, on: redis, configuration: configuration)
    }
}
