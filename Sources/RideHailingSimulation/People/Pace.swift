import RideHailing

/// How fast a simulation goes, and how people in it act.
struct Pace: Sendable {
    /// So many simulated seconds pass in one.
    let speed: Double

    /// Drivers say where they are this often, of real time: what a service sees does not depend on the speed.
    static let pingInterval = Duration.seconds(4)
    /// How long a driver thinks about an offer, at least and at most, of real time.
    static let thinkingSeconds = 0.2...1.5
    /// Of a hundred offers so many are accepted, and so many rejected; the others are not answered.
    static let accepted = 0.92
    static let rejected = 0.05
    /// Of a hundred riders so many do not want to wait any more, after so many seconds at most.
    static let impatient = 0.02
    static let patienceSeconds = 5.0

    private static let metersPerSecond = 25_000.0 / 3_600
    private static let roadFactor = 1.3

    /// How long it takes to get there, of real time.
    func duration(from: Coordinate, to: Coordinate) -> Duration {
        .seconds(from.distanceMeters(to: to) * Self.roadFactor / Self.metersPerSecond / speed)
    }

    /// How far a driver comes who only drives around until his next ping.
    var wanderingMeters: Double { min(500, Self.metersPerSecond / 2 * (Self.pingInterval / .seconds(1)) * speed) }
}
