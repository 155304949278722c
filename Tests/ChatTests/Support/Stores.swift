import EmbeddedRedis
import Redis
import Synchronization
import TestSupport
import Testing

@testable public import Chat

/// Several stores on one Redis, each with a client of its own, as if on several machines.
struct Stores {
    let server: EmbeddedRedis
    let stores: [ConversationStore]
    /// A client that no store uses, for looking at what is in Redis, and for harming it.
    let redis: RedisClient
    var clock: TestClock? = nil

    var store: ConversationStore { stores[0] }
    subscript(index: Int) -> ConversationStore { stores[index % stores.count] }

    /// A store of a process that is killed at one command.
    func dying(at number: Int, _ fate: FaultyRedis.Fate, threshold: Int? = nil) -> (ConversationStore, FaultyRedis) {
        let faulty = FaultyRedis(redis, diesAt: number, fate)
        var configuration = store.configuration
        if let threshold { configuration.fanoutThreshold = threshold }
        return (ConversationStore(redis: faulty, configuration: configuration, time: clock?.reading), faulty)
    }

    /// A store that has seen nothing yet.
    func fresh(threshold: Int? = nil) -> ConversationStore {
        var configuration = store.configuration
        if let threshold { configuration.fanoutThreshold = threshold }
        return ConversationStore(redis: redis, configuration: configuration, time: clock?.reading)
    }

    @discardableResult
    func run(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await redis.send(RedisCommand(name, arguments: arguments))
    }

    /// All messages of a conversation, page by page.
    func messages(of conversation: ConversationID, for user: UserName, after number: Int = 0) async throws -> [Message] {
        try await store.allMessages(of: conversation, for: user, after: number)
    }
}

extension ConversationStore {
    func allMessages(
        of conversation: ConversationID, for user: UserName, after number: Int = 0, limit: Int = 200
    ) async throws -> [Message] {
        var messages: [Message] = []
        var (after, isMore) = (number, true)
        while isMore {
            let page = try await self.messages(of: conversation, for: user, after: after, limit: limit)
            messages += page.messages
            (after, isMore) = (page.through, page.through < page.position.seq)
        }
        return messages
    }

    @discardableResult
    func send(_ text: String, id: String? = nil, from user: UserName, to recipient: Recipient) async throws -> SentMessage {
        let id = id ?? "id-\(UInt64.random(in: .min ... .max))"
        return try await append(NewMessage(id: id, to: recipient, text: text), from: user)
    }
}

extension UserName: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension GroupID: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        guard let group = GroupID(text) else { preconditionFailure("a group's name in a test") }
        self = group
    }
}

/// A clock for tests.
final class TestClock: Sendable {
    private let milliseconds: Mutex<Int>

    /// - Parameter start: 21 November 2026, noon.
    init(start: Int = 1_795_262_400_000) { milliseconds = Mutex(start) }

    var now: Int { milliseconds.withLock { $0 } }
    var reading: @Sendable () -> Int { { self.now } }
    func advance(by amount: Int) { milliseconds.withLock { $0 += amount } }
}

/// - Parameters:
///   - patience: how long a step may wait for Redis. Long where Redis is healthy, since a busy machine may make it late.
///   - clock: nil: Redis' own.
func withStores<Value>(
    of count: Int = 1, patience: Duration = .seconds(10), clock: TestClock? = nil,
    configure: (Int, inout ChatConfiguration) -> Void = { _, _ in }, _ body: (Stores) async throws -> Value
) async throws -> Value {
    try await withRedis { server, redis in
        var clientConfiguration = try RedisConfiguration(url: server.url)
        clientConfiguration.deadline = patience
        let clients = (0..<count).map { [clientConfiguration] _ in RedisClient(clientConfiguration) }
        let stores = clients.enumerated().map { index, client in
            var configuration = ChatConfiguration()
            configuration.redisDeadline = patience
            configure(index, &configuration)
            return ConversationStore(redis: client, configuration: configuration, time: clock?.reading)
        }
        do {
            let value = try await body(Stores(server: server, stores: stores, redis: redis, clock: clock))
            for client in clients { await client.close() }
            return value
        } catch {
            for client in clients { await client.close() }
            throw error
        }
    }
}
