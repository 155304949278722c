/// What came of a comparison. As JSON it says everything that the table says.
public struct FanOutResult: Sendable, Encodable {
    public struct Work: Sendable, Hashable, Encodable {
        public let members: Int
        /// Members who are connected.
        public let online: Int
        public let servers: Int
        public let messages: Int
        /// Of a message's text.
        public let textBytes: Int
        /// How often each member comes back for each message: what costs are weighed by.
        public let returnsPerMessage: Double

        init(_ work: FanOutWork) {
            (members, online, servers) = (work.members, work.online, FanOutWork.servers)
            (messages, textBytes, returnsPerMessage) = (work.messages, work.textBytes, work.returnsPerMessage)
        }
    }

    public let work: Work
    /// One for each strategy.
    public let results: [FanOutOutcome]
    public let recommendation: FanOutRecommendation

    /// - Parameter outcomes: of both strategies.
    init(_ work: FanOutWork, _ outcomes: [FanOutOutcome], bound: Double) {
        (self.work, results) = (Work(work), outcomes)
        recommendation = FanOutRecommendation(outcomes, work, bound: bound)
    }
}
