import RideHailing

/// What one driver's connection has been shown, and what it is shown next: offers once each, each version of his ride once, in order.
///
/// What is published and what is read come at the same time, by different ways. What was told while something was being read is newer
/// than what was read.
struct DriverBoard {
    /// Offers that are shown, by ride.
    private var offers: [String: Int] = [:]
    /// The last change that was shown of each of his rides.
    private var shown: [String: RideChange] = [:]
    /// Of these, what has ended, oldest first: some are kept for what comes late.
    private var ended: [String] = []
    private static let keptEnded = 8
    private var readings = 0
    /// Rides that were told of while something is being read.
    private var toldMeanwhile: Set<String> = []
    /// The ride that the client has asked for something, and whether he was shown what came of it.
    private var asked: (ride: String, isAnswered: Bool)?

    // MARK: Published

    /// - Parameter version: of the offer; the ride may have gone on.
    mutating func offer(_ ride: Ride, version: Int) -> [DriverMessage] {
        note(ride.id)
        guard ride.status == .offered, ride.version == version, offers[ride.id] != version else { return [] }
        offers[ride.id] = version
        return [.offer(ride)]
    }

    mutating func withdraw(_ ride: String, _ reason: WithdrawalReason) -> [DriverMessage] {
        note(ride)
        guard offers.removeValue(forKey: ride) != nil else { return [] }
        answered(ride)
        return [.offerWithdrawn(ride: ride, reason)]
    }

    /// His ride, from a version on.
    mutating func show(_ ride: Ride, from version: Int) -> [DriverMessage] {
        note(ride.id)
        offers[ride.id] = nil
        let first = shown[ride.id].map { $0.version + 1 } ?? min(version, ride.version)
        guard first <= ride.version else { return [] }
        shown[ride.id] = ride.history.last
        if ride.status.isFinal { forgetOldest(with: ride.id) }
        answered(ride.id)
        return (first...ride.version).compactMap { ride.asOf(version: $0) }.map { .ride($0) }
    }

    // MARK: Read

    /// - Returns: rides that have not ended, as far as was shown: what became of them has to be read, too.
    mutating func beginReading() -> [String] {
        readings += 1
        return shown.keys.filter { !ended.contains($0) }
    }

    /// What was read since ``beginReading()``.
    /// - Parameters:
    ///   - open: all offers that he may accept.
    ///   - rides: his own.
    mutating func finishReading(offers open: [Ride], rides: [Ride]) -> [DriverMessage] {
        defer { endReading() }
        let isNewer = toldMeanwhile
        let own = Set(rides.map(\.id))
        var messages: [DriverMessage] = []
        for id in offers.keys where !isNewer.contains(id) && !own.contains(id) && !open.contains(where: { $0.id == id }) {
            offers[id] = nil
            messages.append(.offerWithdrawn(ride: id, .expired))
        }
        for offer in open where !isNewer.contains(offer.id) && !own.contains(offer.id) && offers[offer.id] != offer.version {
            offers[offer.id] = offer.version
            messages.append(.offer(offer))
        }
        for ride in rides where !isNewer.contains(ride.id) {
            // Redis may have lost what was shown.
            guard let last = shown[ride.id], ride.history.first(where: { $0.version == last.version }) != last else { continue }
            shown[ride.id] = nil
        }
        return rides.reduce(messages) { $0 + show($1, from: $1.version) }
    }

    mutating func endReading() {
        readings -= 1
        if readings == 0 { toldMeanwhile = [] }
    }

    // MARK: Asked

    mutating func asks(_ ride: String) { asked = (ride, false) }

    /// What came of accepting a ride, unless it was shown already.
    mutating func accepted(_ ride: Ride) -> [DriverMessage] {
        let messages = show(ride, from: ride.version)
        defer { asked = nil }
        return asked?.isAnswered == true ? messages : [.ride(ride)]
    }

    /// The same of rejecting one.
    mutating func rejected(_ ride: String) -> [DriverMessage] {
        let messages = withdraw(ride, .rejected)
        defer { asked = nil }
        return asked?.isAnswered == true ? messages : [.offerWithdrawn(ride: ride, .rejected)]
    }

    private mutating func forgetOldest(with ride: String) {
        ended.append(ride)
        if ended.count > Self.keptEnded { shown[ended.removeFirst()] = nil }
    }

    private mutating func answered(_ ride: String) {
        if asked?.ride == ride { asked?.isAnswered = true }
    }

    private mutating func note(_ ride: String) {
        if readings > 0 { toldMeanwhile.insert(ride) }
    }
}
