import ArgumentParser
import RateLimiter
import ServiceKit

/// How connections are treated.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How many messages each user may send at once, and how many a second; off lifts it. (default: 20:10)",
            valueName: "burst:rate"))
    var sendLimit: String?
    @Option(
        help:
            "Who was silent for so long is pinged; after twice that, and five seconds, the connection is given up. (default: 20)")
    var pingSeconds: Int?
    @Option(help: "When the service stops, clients are sent away one after the other over so long. (default: 5)")
    var drainSeconds: Int?

    @Option(help: "How many connections each user may have to this server. (default: 100)")
    var connectionsPerUser: Int?

    private static let defaultSendLimit = "20:10"
    private static let defaultConnectionsPerUser = 100
    private static let defaultPingSeconds = 20
    private static let defaultDrainSeconds = 5
    /// With what closing the last connection and giving back the lease take, it has to fit into the time that stopping may take.
    private static let drainSeconds = 0...10

    /// - Returns: nil: there is no limit.
    /// - Throws: `UsageError`.
    func sendPolicy(_ settings: Settings) throws -> RateLimitPolicy? {
        try SendLimit.policy(settings.text("send-limit", sendLimit) ?? Self.defaultSendLimit)
    }

    /// - Throws: `UsageError`.
    func connectionLimit(_ settings: Settings) throws -> Int {
        try settings.integer("connections-per-user", connectionsPerUser, in: 1...1_000_000) ?? Self.defaultConnectionsPerUser
    }

    /// - Parameter maximumMessageBytes: of a text.
    /// - Throws: `UsageError`.
    func configuration(_ settings: Settings, maximumMessageBytes: Int) throws -> WebSocketConfiguration {
        let ping = try settings.integer("ping-seconds", pingSeconds, in: 1...3_600) ?? Self.defaultPingSeconds
        let drain = try settings.integer("drain-seconds", drainSeconds, in: Self.drainSeconds) ?? Self.defaultDrainSeconds
        var configuration = WebSocketConfiguration()
        configuration.maximumMessageBytes = FrameLimits.largestClientFrame(text: maximumMessageBytes)
        configuration.maximumQueuedBytes = FrameLimits.queuedBytes(text: maximumMessageBytes)
        configuration.maximumQueuedMessages = FrameLimits.queuedFrames
        configuration.pingInterval = .seconds(ping)
        configuration.silenceLimit = .seconds(2 * ping + 5)
        configuration.shutdownSpread = .seconds(drain)
        return configuration
    }
}
