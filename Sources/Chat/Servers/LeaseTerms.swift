/// How long leases last, and what follows from it.
struct LeaseTerms: Sendable, Hashable {
    /// How often a server renews its lease.
    let interval: Duration
    /// How long a lease lasts. Shorter by an interval than the time within which users of a dead server are offline: so there is
    /// time left to tell those who watch.
    let length: Duration
    /// When no server has renewed for so long, the leases' clock stands still. A server that lives has used up no more than this,
    /// an interval before and what reconnecting takes, when it renews after such a time.
    let slack: Duration

    /// After Redis was away servers need so long to come back, and to enter again what they hold.
    static let settling = Duration.seconds(3)
    /// So long a server has for clearing another one.
    static let claim = Duration.seconds(30)

    /// - Parameter lease: within which users of a dead server are offline.
    init(lease: Duration) {
        interval = min(.seconds(1), lease / 10)
        length = lease - interval
        slack = interval * 3
    }
}
