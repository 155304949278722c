import RideHailing

/// What has become of rides, by the log of all of them.
struct RideLogTally {
    struct Offer: Sendable {
        let ride: String
        let version: Int
        let driver: String
    }

    private(set) var position: String?
    private(set) var offers = 0
    /// Of rides that have one.
    private(set) var drivers: [String: String] = [:]
    private(set) var unmatched: Set<String> = []

    var ended: Int { drivers.count + unmatched.count }

    /// - Returns: offers that have been made.
    mutating func add(_ entries: [RideLogEntry]) throws -> [Offer] {
        var made: [Offer] = []
        for entry in entries {
            position = entry.position
            switch entry.status {
            case .offered:
                offers += 1
                made += entry.offered.map { Offer(ride: entry.ride, version: entry.version, driver: $0) }
            case .accepted:
                guard let driver = entry.driver, drivers.updateValue(driver, forKey: entry.ride) == nil else {
                    throw LoadError.unexpected("ride \(entry.ride) was accepted twice")
                }
            case .unmatched: unmatched.insert(entry.ride)
            default: break
            }
        }
        return made
    }

    func withoutEnd(_ rides: Set<String>) -> Set<String> { rides.subtracting(drivers.keys).subtracting(unmatched) }

    /// - Throws: what must never be.
    func check() throws {
        guard Set(drivers.values).count == drivers.count else { throw LoadError.unexpected("a driver has two rides") }
        guard unmatched.isDisjoint(with: drivers.keys) else { throw LoadError.unexpected("a ride was given up and has a driver") }
    }
}
