import Metrics

struct RideHailingMetrics: Sendable {
    private let requested = Counter(label: "ride_hailing_rides_requested_total")
    private let conflicts = Counter(label: "ride_hailing_conflicts_total")
    private let transitions: [RideTransition: Counter]
    /// From a ride's request to its driver's acceptance.
    private let timeToMatch = Timer(label: "ride_hailing_time_to_match")
    /// Rides with which something is to be done, now or later.
    private let waiting = Gauge(label: "ride_hailing_rides_waiting")

    init() {
        let all = RideTransition.allCases.map {
            ($0, Counter(label: "ride_hailing_transitions_total", dimensions: [("transition", $0.rawValue)]))
        }
        transitions = Dictionary(uniqueKeysWithValues: all)
    }

    func noteRequested() { requested.increment() }
    /// - Parameter isRepeated: it was done before.
    func note(_ transition: RideTransition, _ ride: Ride, isRepeated: Bool) {
        transitions[transition]?.increment()
        if transition == .accept, !isRepeated, let accepted = ride.history.last(where: { $0.status == .accepted }) {
            timeToMatch.recordMilliseconds(accepted.atMilliseconds - ride.createdAtMilliseconds)
        }
    }
    /// Somebody was late.
    func noteConflict() { conflicts.increment() }
    func noteWaiting(_ count: Int) { waiting.record(count) }
}
