import Synchronization

/// What all people of a simulation have seen.
final class Observations: Sendable {
    struct Counts: Sendable {
        var requested = 0
        /// Riders who did not get a ride requested.
        var givenUp = 0
        var cancelled = 0
        var completed = 0
        /// Rides whose riders do not know yet what becomes of them.
        var undecided: Set<String> = []
        var unmatched: [String: Int] = [:]
        /// From the request until the rider was shown that he has a driver.
        var timesToMatch: [Duration] = []
        /// From a driver's answer until the rider was shown it.
        var timesToRider: [Duration] = []
        var offers = 0
        var withdrawals: [String: Int] = [:]
        /// Accepts that came too late.
        var lateAccepts = 0
        var positions = 0
        var connectionsLost = 0
        /// What was answered instead of what was asked for, and how often.
        var refusals: [String: Int] = [:]
        /// What must never be, as clients see it.
        var violations: [String] = []
        fileprivate var driverOfRide: [String: String] = [:]
        fileprivate var rideOfDriver: [String: String] = [:]
        fileprivate var acceptedAt: [String: ContinuousClock.Instant] = [:]
    }
    private let counts = Mutex(Counts())

    var snapshot: Counts { counts.withLock { $0 } }

    func note(_ change: (inout Counts) -> Void) { counts.withLock { change(&$0) } }

    func noteRefusal(_ error: any Error) {
        let text = (error as? ServiceClient.Refusal).map { "\($0)" } ?? "\(type(of: error))"
        note { $0.refusals[text, default: 0] += 1 }
    }

    func accepts(_ ride: String) {
        note { $0.acceptedAt[ride] = .now }
    }

    /// A driver was shown that a ride is his, or is not any more.
    func has(_ driver: String, _ ride: SeenRide) {
        note { counts in
            if ride.isOver {
                if counts.rideOfDriver[driver] == ride.id { counts.rideOfDriver[driver] = nil }
                return
            }
            if let other = counts.driverOfRide[ride.id], other != driver {
                counts.violations.append("ride \(ride.id) was given to \(other) and \(driver)")
            }
            if let other = counts.rideOfDriver[driver], other != ride.id {
                counts.violations.append("driver \(driver) was given rides \(other) and \(ride.id)")
            }
            counts.driverOfRide[ride.id] = driver
            counts.rideOfDriver[driver] = ride.id
        }
    }

    /// A rider was shown who drives him.
    func matched(_ ride: SeenRide, requestedAt: ContinuousClock.Instant) {
        note { counts in
            guard counts.undecided.remove(ride.id) != nil else { return }
            counts.timesToMatch.append(.now - requestedAt)
            if let acceptedAt = counts.acceptedAt.removeValue(forKey: ride.id) { counts.timesToRider.append(.now - acceptedAt) }
            if let driver = ride.driver, let other = counts.driverOfRide[ride.id], other != driver {
                counts.violations.append("ride \(ride.id) was given to \(other), its rider was shown \(driver)")
            }
        }
    }

    /// Whether anybody does not know yet what becomes of his ride, or has not got it requested.
    /// - Parameter riders: so many there are.
    func isAnybodyWaiting(of riders: Int) -> Bool {
        counts.withLock { !$0.undecided.isEmpty || $0.requested + $0.givenUp < riders }
    }
}
