/// To whom a ride is offered.
public enum OfferMode: String, Sendable, CaseIterable {
    /// To one driver after the other, nearest first, who gets no other offer meanwhile.
    case sequential
    /// To several drivers at once: the first who accepts has it.
    case broadcast
}

/// What instances of one ride-hailing service have in common. They may differ in it while it is changed.
public struct RideHailingConfiguration: Sendable {
    public var offerMode = OfferMode.sequential
    /// For so long an offer is open.
    public var offerDuration: Duration = .seconds(10)
    /// With ``OfferMode/broadcast``: to so many drivers at once.
    public var broadcastDrivers = 10
    /// No driver who is farther away is offered a ride.
    public var searchRadiusMeters = 5_000.0
    /// Within this time of its request a ride has a driver, was cancelled, or is unmatched.
    public var matchDeadline: Duration = .seconds(60)
    /// A driver who was not seen for so long is not found.
    public var driverLifetime: Duration = .seconds(15)
    /// Positions wait for so long at most, to be recorded together.
    public var positionInterval: Duration = .milliseconds(10)
    public var prices = PriceTable()
    /// For so long a fare may be used.
    public var fareLifetime: Duration = .seconds(300)
    /// For so long a ride that has ended can be read.
    public var rideLifetime: Duration = .seconds(30 * 86_400)
    /// About so many entries the log of all rides keeps.
    public var logLength = 200_000
    /// Whether ``RideHailing/run()`` also brings rides to drivers.
    public var runsMatcher = true
    /// So many rides a matcher works on at once.
    public var matcherLanes = 16
    /// A ride on which a matcher has not got on for so long is taken over by another.
    public var claimDuration: Duration = .seconds(5)
    /// When no driver is free, they are looked for again after this time.
    public var retryInterval: Duration = .seconds(1)
    /// How long Redis may take for each step.
    public var redisDeadline: Duration = .milliseconds(500)

    public init() {}

    /// A ride is given up a little before the deadline, so that it has ended by then.
    var givenUpAfter: Duration { matchDeadline - min(.seconds(1), matchDeadline / 10) }
    /// A ride whose time is up is taken over sooner, so that it has ended by the deadline even then.
    var lastClaimDuration: Duration { min(claimDuration, (matchDeadline - givenUpAfter) / 2) }
    /// How many drivers one round of offers goes to.
    var driversPerRound: Int { offerMode == .sequential ? 1 : max(1, broadcastDrivers) }
}

extension Duration {
    var milliseconds: Int { Int(self / .milliseconds(1)) }
}
