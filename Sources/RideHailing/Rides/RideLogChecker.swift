/// Reads the log of all rides and finds what must never be: a ride with two drivers, a driver with two rides, a version that does not
/// grow, a change that cannot follow the one before.
public struct RideLogChecker: Sendable {
    /// What was found, in words.
    public private(set) var violations: [String] = []
    /// How many rides are in each status.
    public private(set) var counts: [RideStatus: Int] = [:]
    private var rides: [String: RideLogEntry] = [:]
    /// What ride a driver has, and for which he is kept.
    private var held: [UserName: String] = [:]
    private var kept: [UserName: String] = [:]
    private let mode: OfferMode

    /// - Parameter mode: with ``OfferMode/sequential`` no driver may have two offers at once.
    public init(mode: OfferMode) { self.mode = mode }

    /// The entries in their order, from the first of the log on.
    public mutating func check(_ entry: RideLogEntry) {
        let before = rides[entry.ride]
        func complain(_ what: String) {
            violations.append("\(entry.position) ride \(entry.ride) version \(entry.version): \(what)")
        }
        if entry.version != (before?.version ?? 0) + 1 { complain("came after version \(before?.version ?? 0)") }
        if !Self.mayFollow(before?.status).contains(entry.status) {
            complain("\(entry.status) cannot follow \(before?.status.rawValue ?? "nothing")")
        }
        let driver = entry.driver.flatMap { try? UserName($0) }
        if let driver = before?.driver, entry.driver != driver {
            complain("its driver was \(driver), is \(entry.driver ?? "none")")
        }
        if let before, before.status == .offered { release(before.offered, from: entry.ride) }
        switch entry.status {
        case .accepted:
            if let driver {
                if let other = held[driver] { complain("\(driver.encoded) has ride \(other)") }
                if before.map({ names($0.offered).contains(driver) }) != true { complain("\(driver.encoded) was not offered it") }
                held[driver] = entry.ride
            } else {
                complain("accepted by nobody")
            }
        case .offered where mode == .sequential:
            for driver in names(entry.offered) {
                if let other = held[driver] ?? kept[driver] { complain("\(driver.encoded) has ride \(other)") }
                kept[driver] = entry.ride
            }
        case .completed, .cancelled:
            if let driver { held[driver] = nil }
        default: break
        }
        if let before { counts[before.status, default: 0] -= 1 }
        counts[entry.status, default: 0] += 1
        rides[entry.ride] = entry
    }

    private mutating func release(_ drivers: [String], from ride: String) {
        for driver in names(drivers) where kept[driver] == ride { kept[driver] = nil }
    }

    /// Names that only look the same are different drivers.
    private func names(_ drivers: [String]) -> [UserName] { drivers.compactMap { try? UserName($0) } }

    private static func mayFollow(_ status: RideStatus?) -> Set<RideStatus> {
        switch status {
        case nil: [.requested]
        case .requested: [.offered, .cancelled, .unmatched]
        case .offered: [.accepted, .requested, .cancelled, .unmatched]
        case .accepted: [.started, .cancelled]
        case .started: [.completed, .cancelled]
        case .completed, .cancelled, .unmatched: []
        }
    }
}
