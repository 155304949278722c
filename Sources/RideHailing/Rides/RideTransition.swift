import Redis

/// What people do with a ride.
public enum RideTransition: String, Sendable, CaseIterable {
    /// A driver who was offered it takes it.
    case accept
    /// A driver who was offered it does not want it.
    case reject
    /// Its rider does not want it any more, until it has started; or its driver, until it is completed.
    case cancel
    /// Its driver has picked the rider up.
    case start
    /// Its driver has brought the rider there.
    case complete

    var script: RedisScript {
        switch self {
        case .accept: RideHailingScripts.acceptRide
        case .reject: RideHailingScripts.rejectRide
        case .cancel: RideHailingScripts.cancelRide
        case .start: RideHailingScripts.startRide
        case .complete: RideHailingScripts.completeRide
        }
    }
}
