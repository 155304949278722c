import EmbeddedRedis
import Foundation
public import Hummingbird
import HummingbirdCore
public import Logging
import Metrics
import NIOCore
import NIOPosix
public import Redis
public import ServiceLifecycle
import UnixSignals

/// Runs one service from start to end: its Redis, its HTTP server, its health, its metrics, its signals.
public struct ServiceProcess: Sendable {
    /// What a service is built with.
    public struct Environment: Sendable {
        public let configuration: ServiceConfiguration
        public let redis: RedisClient
        public let credentials: Credentials
        public let logger: Logger
    }

    /// What a service consists of.
    public struct Parts: Sendable {
        /// Added to the router.
        public var routes: @Sendable (Router<ServiceRequestContext>) -> Void
        /// nil: there is nothing for people here.
        public var page: Page?
        public var health: HealthChecks
        public var hotPath: HotPath?
        /// Paths that are WebSockets.
        public var webSockets: [WebSocketRoute]
        /// Run beside the server, started before it and ended after it.
        public var services: [any Service]

        public init(
            page: Page?, health: HealthChecks, hotPath: HotPath? = nil, webSockets: [WebSocketRoute] = [],
            services: [any Service] = [], routes: @escaping @Sendable (Router<ServiceRequestContext>) -> Void
        ) {
            (self.routes, self.page, self.health) = (routes, page, health)
            (self.hotPath, self.webSockets, self.services) = (hotPath, webSockets, services)
        }
    }

    private let configuration: ServiceConfiguration
    private let logger: Logger
    private let onListening: (@Sendable (_ port: Int) -> Void)?

    /// - Parameter onListening: called once requests are answered; nil: a line on standard output says so.
    public init(_ configuration: ServiceConfiguration, onListening: (@Sendable (_ port: Int) -> Void)? = nil) {
        (self.configuration, self.onListening) = (configuration, onListening)
        logger = .standardError(configuration.name, level: configuration.redis.logLevel)
    }

    /// Returns after SIGTERM or SIGINT, when all that was in flight has been answered.
    public func run(_ build: (Environment) async throws -> Parts) async throws {
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let credentials = try await Credentials(configuration)
        var (redisConfiguration, privateRedis) = try await configuration.redis.open(logger)
        redisConfiguration.clientName = configuration.name
        if configuration.isDevelopment {
            logger.notice("Development: anyone on this machine is who X-User-ID says")
        } else if configuration.isInsecure {
            logger.warning("Insecure: listening without credentials")
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let redis = RedisClient(redisConfiguration, eventLoopGroup: group, logger: logger)

        let parts = try await build(
            Environment(configuration: configuration, redis: redis, credentials: credentials, logger: logger))
        let keeper = privateRedis.map { PrivateRedisKeeper(server: $0, logger: logger) as any Service }
        let webSockets = WebSocketServer(parts.webSockets, credentials: credentials)
        let services =
            (keeper.map { [$0] } ?? []) + parts.services
            + [WebSocketKeeper(server: webSockets), application(parts, webSockets, registry, group)]
        var lifecycle = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        lifecycle.maximumGracefulShutdownDuration = .seconds(20)
        let result: Result<Void, any Error>
        do {
            try await ServiceGroup(configuration: lifecycle).run()
            result = .success(())
        } catch let error as IOError {
            let (host, port) = (configuration.host, configuration.port)
            result = .failure(
                UsageError("--port: cannot listen on \(host):\(port): \(String(cString: strerror(error.errnoCode)))."))
        } catch is SocketAddressError.UnknownHost {
            result = .failure(UsageError("--host: \(configuration.host) is no address of this machine."))
        } catch {
            result = .failure(error)
        }
        await redis.close()
        await privateRedis?.stop()
        try await group.shutdownGracefully()
        try result.get()
    }

    private func application(
        _ parts: Parts, _ webSockets: WebSocketServer, _ registry: PrometheusRegistry, _ group: any EventLoopGroup
    ) -> some ApplicationProtocol {
        let (name, host) = (configuration.name, configuration.host)
        let router = Self.router(parts, registry)
        webSockets.addRoutes(to: router)
        return Application(
            router: router,
            server: .service(hotPath: parts.hotPath, webSockets: webSockets),
            configuration: .init(
                address: .hostname(host, port: configuration.port),
                // More wait for one of these to end, rather than take the descriptors that Redis' connections want.
                availableConnectionsDelegate: MaximumAvailableConnections(DescriptorLimit.raiseForConnections(), logger: logger)),
            onServerRunning: { [onListening] channel in
                let port = channel.localAddress?.port ?? 0
                if let onListening { return onListening(port) }
                let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
                FileHandle.standardOutput.write(Data("\(name) listening on http://\(authority)\n".utf8))
            },
            eventLoopGroupProvider: .shared(group),
            logger: logger)
    }

    /// The routes that every service has, and its own.
    static func router(_ parts: Parts, _ registry: PrometheusRegistry) -> Router<ServiceRequestContext> {
        let router = Router(context: ServiceRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestMetricsMiddleware())
        router.add(middleware: ProblemMiddleware())
        parts.health.addRoutes(to: router)
        parts.page?.addRoutes(to: router)
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: PrometheusRegistry.contentType],
                body: .init(byteBuffer: ByteBuffer(string: registry.render())))
        }
        parts.routes(router)
        return router
    }
}

extension HTTPServerBuilder {
    private static let idleTimeout = TimeAmount.seconds(60)
    private static let maximumHeaderLength = 32 << 10

    /// HTTP/1.1, with WebSockets and a hot path before it if there are any.
    static func service(
        hotPath: HotPath?, webSockets: WebSocketServer? = nil, idleTimeout: TimeAmount = idleTimeout
    ) -> HTTPServerBuilder {
        // One that has no routes would only be in the way.
        let webSockets = webSockets.flatMap { $0.endpoints.isEmpty ? nil : $0 }
        return HTTPServerBuilder { responder in
            let router = HTTP1Channel(
                responder: responder,
                configuration: .init(
                    additionalChannelHandlers: [LateUpgradeHandler(webSockets)],
                    idleTimeout: idleTimeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: maximumHeaderLength, maxHeaderListSize: maximumHeaderLength, maxHeaderFieldCount: 100)
                ))
            guard let hotPath else { return channel(router, webSockets, idleTimeout) }
            return channel(HotPathChannel(hotPath: hotPath, router: router, idleTimeout: idleTimeout), webSockets, idleTimeout)
        }
    }

    private static func channel(
        _ router: some ServerChildChannel, _ webSockets: WebSocketServer?, _ idleTimeout: TimeAmount
    ) -> any ServerChildChannel {
        guard let webSockets else { return router }
        return WebSocketChannel(server: webSockets, router: router, idleTimeout: idleTimeout)
    }
}
