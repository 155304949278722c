public import Logging
import NIOCore
public import Redis
public import ServiceLifecycle
import Synchronization

/// Conversations between users who are connected to any of several servers that share them through Redis.
///
/// The logs of the conversations are the truth. What is published from server to server is faster, and whatever of it may be missing is
/// read from the logs. ``run()`` must be running.
public final class Chat: Service {
    /// Conversations, for whoever is not connected.
    public let conversations: ConversationStore

    let client: RedisClient
    let configuration: ChatConfiguration
    let services: ChatServices
    let logger: Logger
    private let loops = Mutex<[LoopInbox]>([])

    /// - Parameter sendLimit: asked before each message that a connected user sends.
    public convenience init(
        redis: RedisClient, configuration: ChatConfiguration = .init(), sendLimit: ChatSendLimit? = nil,
        logger: Logger = Logger(label: "chat")
    ) {
        self.init(client: redis, redis: redis, configuration: configuration, sendLimit: sendLimit, logger: logger)
    }

    /// - Parameter redis: what commands go through.
    init(
        client: RedisClient, redis: any RedisCommands, configuration: ChatConfiguration, sendLimit: ChatSendLimit?, logger: Logger
    ) {
        (self.client, self.configuration, self.logger) = (client, configuration, logger)
        conversations = ConversationStore(redis: redis, configuration: configuration, logger: logger)
        let directory = ServerDirectory(
            redis: redis, lease: configuration.presenceLease, deadline: configuration.redisDeadline, logger: logger)
        services = ChatServices(
            store: conversations, directory: directory, presence: PresenceWatch(directory: directory, logger: logger),
            sendLimit: sendLimit, logger: logger)
    }

    /// Connects a user. The connection is welcomed once whatever is sent to the user comes here.
    ///
    /// To be called on the output's event loop. The connection has to be closed when the client is gone.
    public func connect(_ user: UserName, output: any ChatOutput) -> ChatConnection {
        inbox(of: output.eventLoop).connect(user, output: output)
    }

    /// Whether users are connected, in the order asked.
    /// - Throws: ``ChatError/presenceUnsettled`` when that is not known some seconds after Redis came back.
    public func presence(of users: [UserName]) async throws(ChatError) -> [Presence] {
        try await services.directory.presence(of: users)
    }

    private func inbox(of eventLoop: any EventLoop) -> LoopInbox {
        loops.withLock { loops in
            if let known = loops.first(where: { $0.eventLoop === eventLoop }) { return known }
            let inbox = LoopInbox(eventLoop, services: services)
            loops.append(inbox)
            return inbox
        }
    }

    /// The event loops that have, or had, connections.
    var inboxes: [LoopInbox] { loops.withLock { $0 } }

    func deliver(_ event: LoopEvent) {
        for inbox in inboxes where !inbox.deliver(event) { services.journal.lose() }
    }

    /// How many connections a user has to this server.
    public func connectionCount(of user: UserName) -> Int { services.directory.connections(of: [user])[0] }
}
