import Chat
import NIOCore
import NIOPosix
import Redis
import RedisMeasuring

/// A chat server in this process, with a client of its own.
final class ComparedServer: Sendable {
    private let client: RedisClient
    private let chat: Chat
    private let running: Task<Void, any Error>

    init(_ redis: RedisConfiguration, _ configuration: ChatConfiguration) {
        var redis = redis
        redis.deadline = ComparisonRedis.patience
        let client = RedisClient(
            redis, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: ComparisonServer.silence)
        let chat = Chat(redis: client, configuration: configuration, logger: ComparisonServer.silence)
        (self.client, self.chat) = (client, chat)
        running = Task { try await chat.run() }
    }

    func becomesReady() async throws {
        let deadline = ContinuousClock.now + ComparisonRedis.patience
        while true {
            do { return try await chat.probe() } catch {
                guard .now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// For as long as the server runs.
    func connect(_ user: UserName, _ arrivals: Arrivals) async throws {
        let output = MemberClient(eventLoop: MultiThreadedEventLoopGroup.singleton.next(), arrivals: arrivals)
        try await output.eventLoop.submit { [chat] in _ = chat.connect(user, output: output) }.get()
    }

    func close() async {
        running.cancel()
        _ = await running.result
        await client.close()
    }
}
