public import RedisMeasuring

/// What one strategy cost.
public struct FanOutOutcome: Sendable, Hashable, Encodable {
    /// What some operation takes.
    public struct Cost: Sendable, Hashable, Encodable {
        /// Commands that Redis is sent.
        public let commands: Double
        /// Bytes that Redis is sent, protocol included.
        public let bytes: Double
        /// Microseconds of the thread that executes Redis' commands; for messages with what their publishing takes.
        public let cpuMicroseconds: Double
        /// Until it is done.
        public let ms: Percentiles

        init(_ part: FanOutMeasurement.Part) {
            let count = Double(max(1, part.operations))
            commands = (Double(part.sent.commands) / count).rounded(places: 2)
            bytes = (Double(part.sent.bytes) / count).rounded(places: 1)
            cpuMicroseconds = (part.cpu.reduce(0, +) / Double(max(1, part.cpu.count))).rounded(places: 1)
            ms = Percentiles(part.durations)
        }
    }

    public let strategy: FanOutStrategy
    public let messages: Int
    /// Messages that came to members who are connected.
    public let delivered: Int
    /// A message, until it is safe.
    public let message: Cost
    /// Until the last member who is connected has a message.
    public let lastMemberMs: Percentiles
    /// A member comes back and has missed all messages.
    public let missedReturn: Cost
    /// A member comes back and has missed nothing.
    public let quietReturn: Cost
    /// Microseconds of the thread that executes Redis' commands, for one message and the returns that come with it.
    public let cost: Double
    /// By how much the cost may be wrong, of the whole: what turns that do the same differ by. A busy machine makes it large.
    public let uncertainty: Double

    init(_ strategy: FanOutStrategy, _ measurement: FanOutMeasurement, _ work: FanOutWork) {
        (self.strategy, messages, delivered) = (strategy, measurement.sending.operations, measurement.delivered)
        (message, quietReturn) = (Cost(measurement.sending), Cost(measurement.quiet))
        (missedReturn, lastMemberMs) = (Cost(measurement.missing), Percentiles(measurement.lastMember))
        cost = (message.cpuMicroseconds + work.returns(perMessage: work.returnsPerMessage) * quietReturn.cpuMicroseconds)
            .rounded(places: 1)
        uncertainty = measurement.sending.cpu.uncertaintyOfMean.rounded(places: 3)
    }
}

extension FanOutWork {
    /// Of all members together.
    func returns(perMessage: Double) -> Double { Double(members) * perMessage }
}
