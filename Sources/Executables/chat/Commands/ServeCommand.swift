import ArgumentParser
import Chat
import RateLimiter
import ServiceKit
import ServiceLifecycle

/// `chat serve`: connects users, and keeps their conversations.
struct ServeCommand: AsyncParsableCommand {
    static let serviceName = "chat"
    static let defaultPort = 8083
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Connect users, and keep their conversations.")

    @OptionGroup var options: ServiceOptions
    @OptionGroup var chat: ChatOptions
    @OptionGroup var connections: ConnectionOptions

    func run() async throws {
        try await reportingUsageErrors {
            let settings = Settings()
            let configuration = try ServiceConfiguration(
                name: Self.serviceName, defaultPort: Self.defaultPort, requirement: .identity, options: options,
                settings: settings)
            let chatting = try chat.configuration(settings)
            let sendPolicy = try connections.sendPolicy(settings)
            let connectionLimit = try connections.connectionLimit(settings)
            let socket = try connections.configuration(settings, maximumMessageBytes: chatting.maximumMessageBytes)

            try await ServiceProcess(configuration).run { environment in
                let limit = sendPolicy.map { SendLimit($0, redis: environment.redis, logger: environment.logger) }
                let chat = Chat(
                    redis: environment.redis, configuration: chatting, sendLimit: limit?.check, logger: environment.logger)
                let participants = Participants(credentials: environment.credentials)
                let limiter: [any Service] = limit.map { [$0.limiter] } ?? []
                return ServiceProcess.Parts(
                    page: .ofChat,
                    health: .ofChat(chat, redis: environment.redis),
                    webSockets: [
                        .ofChat(
                            chat, configuration: socket, maximumMessageBytes: chatting.maximumMessageBytes,
                            connectionsPerUser: connectionLimit)
                    ],
                    services: limiter + [chat]
                ) { router in
                    GroupRoutes(conversations: chat.conversations, participants: participants).add(to: router)
                    ConversationRoutes(conversations: chat.conversations, participants: participants).add(to: router)
                    PresenceRoutes(chat: chat, participants: participants).add(to: router)
                }
            }
        }
    }
}
