import NIOCore
import NIOPosix
@testable import Redis
import Synchronization

/// A TCP server that speaks RESP as a test wants it to.
final class HostileServer: Sendable {
    enum Action: Sendable {
        case send(String)
        case sendAndClose(String)
        case ignore
    }
    struct Log: Sendable {
        var connections = 0
        var commands: [[String]] = []

        func count(of name: String) -> Int { commands.count { $0.first == name } }
    }

    private let log = Mutex(Log())
    private let channel: any Channel
    let configuration: RedisConfiguration

    var seen: Log { log.withLock { $0 } }

    /// - Parameters:
    ///   - accepted: what to do with a new connection, by its number from 1.
    ///   - command: what to do with a command, by its connection's number.
    static func with(
        accepted: @escaping @Sendable (_ connection: Int) -> Action = { _ in .ignore },
        command: @escaping @Sendable (_ connection: Int, _ command: [String]) -> Action,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (HostileServer) async throws -> Void
    ) async throws {
        let holder = Holder()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(holder: holder, accepted: accepted, command: command))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = HostileServer(channel: channel)
        holder.server.withLock { $0 = server }
        do {
            try await body(server)
        } catch {
            try await server.stopListening()
            throw error
        }
        try await server.stopListening()
    }

    /// What answers a greeting as Redis does.
    static func greet(_ command: [String]) -> Action? {
        switch command.first {
        case "PING": .send("+PONG\r\n")
        case "CLIENT", "SELECT", "AUTH": .send("+OK\r\n")
        default: nil
        }
    }

    /// New connections are refused from now on.
    func stopListening() async throws {
        guard channel.isActive else { return }
        try await channel.close()
    }

    private init(channel: any Channel) {
        self.channel = channel
        configuration = RedisConfiguration(address: .tcp(host: "127.0.0.1", port: channel.localAddress?.port ?? 0))
    }

    private final class Holder: Sendable {
        let server = Mutex<HostileServer?>(nil)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let holder: Holder
        private let accepted: (Int) -> Action
        private let command: (Int, [String]) -> Action
        private let reader = ReplyReader()
        private var number = 0

        init(holder: Holder, accepted: @escaping (Int) -> Action, command: @escaping (Int, [String]) -> Action) {
            (self.holder, self.accepted, self.command) = (holder, accepted, command)
        }

        func channelActive(context: ChannelHandlerContext) {
            number =
                holder.server.withLock { $0 }?.log.withLock { log in
                    log.connections += 1
                    return log.connections
                } ?? 0
            perform(accepted(number), context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var requests: [[String]] = []
            unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
                try? reader.read(bytes) { request in
                    requests.append((try? request.decode(as: [String].self)) ?? [])
                }
            }
            for request in requests {
                holder.server.withLock { $0 }?.log.withLock { $0.commands.append(request) }
                perform(command(number, request), context)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func perform(_ action: Action, _ context: ChannelHandlerContext) {
            switch action {
            case .ignore: break
            case .send(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .sendAndClose(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                context.close(promise: nil)
            }
        }
    }
}
