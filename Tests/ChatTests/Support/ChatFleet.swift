import EmbeddedRedis
import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

@testable import Chat

/// Several chat servers on one Redis, each with a client of its own, as if on several machines.
final class ChatFleet: Sendable {
    let redisServer: EmbeddedRedis
    /// A client that no server uses, for looking at what is in Redis, and for harming it.
    let redis: RedisClient
    let servers: [ChatServer]

    init(redisServer: EmbeddedRedis, redis: RedisClient, servers: [ChatServer]) {
        (self.redisServer, self.redis, self.servers) = (redisServer, redis, servers)
    }

    subscript(index: Int) -> ChatServer { servers[index % servers.count] }

    @discardableResult
    func run(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await redis.send(RedisCommand(name, arguments: arguments))
    }

    /// - Returns: nil when it is not told.
    func isOnline(_ user: UserName, seenBy index: Int) async -> Bool? {
        try? await self[index].chat.presence(of: [user]).first?.isOnline
    }

    /// Cuts the connections on which a server hears what is published to it.
    func cutSubscriptions(of server: ChatServer) async throws {
        let clients: String = try await redis.send(RedisCommand("CLIENT", "LIST")).decode()
        for line in clients.split(separator: "\n") where line.contains(" name=\(server.name)-subscriptions ") {
            guard let id = line.split(separator: " ").first?.dropFirst("id=".count) else { continue }
            try await run("CLIENT", "KILL", "ID", String(id))
        }
    }
}

/// One chat server.
final class ChatServer: Sendable {
    let name: String
    let chat: Chat
    let client: RedisClient
    private let running: Task<Void, any Error>

    init(name: String, url: String, patience: Duration, configuration: ChatConfiguration) throws {
        var redis = try RedisConfiguration(url: url)
        redis.deadline = patience
        redis.clientName = name
        let client = RedisClient(redis)
        let chat = Chat(redis: client, configuration: configuration)
        (self.name, self.client, self.chat) = (name, client, chat)
        running = Task { try await chat.run() }
    }

    var id: String { chat.services.directory.server.text }
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    /// Stops in good order.
    func stop() async {
        running.cancel()
        _ = await running.result
        await client.close()
    }

    /// Is gone from one moment to the next, as far as Redis and the others can tell.
    func crash() async {
        await client.close()
        running.cancel()
        _ = await running.result
    }

    func becomesReady() async throws {
        try await eventually("\(name) works", within: .seconds(60)) {
            try await chat.probe()
            return true
        }
    }

    func connect(_ user: UserName, isReady: Bool = true, capacity: Int = .max) async throws -> TestClient {
        try await TestClient.connect(
            user, to: chat, on: MultiThreadedEventLoopGroup.singleton.next(), isReady: isReady, capacity: capacity)
    }
}

/// - Parameters:
///   - patience: how long a step may wait for Redis. Long where Redis is healthy, since a busy machine may make it late
///     without anything being wrong; short where its failure is the matter.
func withChatFleet<Value>(
    of count: Int, lease: Duration = .seconds(10), patience: Duration = .seconds(10),
    durability: EmbeddedRedis.Durability = .everySecond, configure: (inout ChatConfiguration) -> Void = { _ in },
    _ body: (ChatFleet) async throws -> Value
) async throws -> Value {
    try await withRedis(durability: durability) { redisServer, redis in
        var configuration = ChatConfiguration()
        (configuration.presenceLease, configuration.redisDeadline) = (lease, patience)
        configure(&configuration)
        let servers = try (0..<count).map { [configuration] index in
            try ChatServer(name: "chat\(index)", url: redisServer.url, patience: patience, configuration: configuration)
        }
        let fleet = ChatFleet(redisServer: redisServer, redis: redis, servers: servers)
        do {
            for server in servers { try await server.becomesReady() }
            let value = try await body(fleet)
            for server in servers { await server.stop() }
            return value
        } catch {
            for server in servers { await server.stop() }
            throw error
        }
    }
}
