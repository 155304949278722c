import RedisMeasuring

/// What was seen while messages went to one group.
struct FanOutMeasurement: Sendable {
    /// What some operations took.
    struct Part: Sendable {
        var operations = 0
        /// What Redis was sent for them.
        var sent = CountingRedis.Count()
        /// For each turn, microseconds of the thread that executes Redis' commands for one operation.
        var cpu: [Double] = []
        var durations: [Duration] = []
    }

    /// Sending: until it is safe.
    var sending = Part()
    /// Until the last member who is connected has the message.
    var lastMember: [Duration] = []
    /// Messages that came to members.
    var delivered = 0
    /// Coming back, with everything missed.
    var missing = Part()
    /// Coming back, with nothing missed.
    var quiet = Part()
}
