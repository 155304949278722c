import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import TestSupport

@testable import ServiceKit

/// A server on a loopback port: `/ws` echoes and obeys, `/rooms/{room}/ws` is for members, `/plain` is HTTP.
struct WebSocketTestServer: Sendable {
    let port: Int
    let guests: Guests
    let webSockets: WebSocketServer
    fileprivate let group: ServiceGroup
    fileprivate let lasting: LastingService

    /// Whether what the connections need has been told to end.
    var hasEnded: Bool { lasting.hasEnded }

    func connect(_ target: String = "/ws?user=alice", headers: [(String, String)] = []) async throws -> WebSocketClient {
        try await WebSocketClient.connect(port: port, target, headers: headers)
    }

    /// What the server answers when no WebSocket is to be had.
    func refusal(_ target: String, headers: [(String, String)] = []) async throws -> HTTPReply? {
        do {
            _ = try await connect(target, headers: headers)
            return nil
        } catch let refused as WebSocketClient.Refused {
            return refused.reply
        }
    }

    /// As SIGTERM does.
    func stop() async {
        await group.triggerGracefulShutdown()
    }
}

/// Something that the connections need.
final class LastingService: Service {
    private let ended = Atomic(false)
    var hasEnded: Bool { ended.load(ordering: .relaxed) }

    func run() async throws {
        try? await gracefulShutdown()
        ended.store(true, ordering: .relaxed)
    }
}

/// Who is there, and what has become of those who were.
final class Guests: Sendable {
    private struct State {
        var connections: [WebSocketConnection] = []
        var ends: [WebSocketEnd] = []
        var stopping = 0
        var requests: [WebSocketRequest] = []
    }
    private let state = Mutex(State())

    var connections: [WebSocketConnection] { state.withLock { $0.connections } }
    var ends: [WebSocketEnd] { state.withLock { $0.ends } }
    var stopping: Int { state.withLock { $0.stopping } }
    var requests: [WebSocketRequest] { state.withLock { $0.requests } }

    fileprivate func open(_ connection: WebSocketConnection, _ request: WebSocketRequest) -> any WebSocketSession {
        state.withLock {
            $0.connections.append(connection)
            $0.requests.append(request)
        }
        return EchoSession(connection, self)
    }

    fileprivate func ended(_ connection: WebSocketConnection, _ end: WebSocketEnd) {
        state.withLock {
            $0.connections.removeAll { $0 === connection }
            $0.ends.append(end)
        }
    }

    fileprivate func isStopping() { state.withLock { $0.stopping += 1 } }
}

/// Echoes; `close CODE REASON` closes, `burst COUNT SIZE` sends that much at once.
private final class EchoSession: WebSocketSession {
    private let connection: WebSocketConnection
    private let guests: Guests

    init(_ connection: WebSocketConnection, _ guests: Guests) {
        (self.connection, self.guests) = (connection, guests)
        connection.send("welcome \(connection.user)")
    }

    func received(text: ByteBuffer) {
        let words = String(buffer: text).split(separator: " ").map(String.init)
        switch (words.first, words.dropFirst().first.flatMap(Int.init)) {
        case ("close", let code?):
            connection.close(.init(rawValue: UInt16(code)), reason: words.dropFirst(2).joined(separator: " "))
        case ("burst", let count?):
            let message = WebSocketMessage(String(repeating: "x", count: words.last.flatMap(Int.init) ?? 1))
            for _ in 0..<count { connection.send(message) }
        default: connection.send(WebSocketMessage(text: text))
        }
    }

    func stopping() { guests.isStopping() }
    func closed(_ end: WebSocketEnd) { guests.ended(connection, end) }
}

/// - Parameter environment: of the service: without `JWT_SECRET` it is one in development.
func withWebSocketServer<Value: Sendable>(
    environment: [String: String] = [:], hotPath: HotPath? = nil, idleTimeout: TimeAmount = .seconds(60),
    _ change: (inout WebSocketConfiguration) -> Void = { _ in },
    _ body: (WebSocketTestServer) async throws -> Value
) async throws -> Value {
    var bounds = WebSocketConfiguration()
    change(&bounds)
    let guests = Guests()
    let settings = try configuration(environment: environment)
    let webSockets = WebSocketServer(
        [
            WebSocketRoute("/ws", configuration: bounds) { guests.open($0, $1) },
            WebSocketRoute("/rooms/{room}/ws", configuration: bounds) { request in
                guard request.parameters["room"] == "of \(request.user)" else { throw Problem(.forbidden, "Not your room.") }
            } open: {
                guests.open($0, $1)
            },
        ], credentials: try await Credentials(settings))
    let router = Router(context: ServiceRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: ProblemMiddleware())
    router.get("/plain") { _, _ in "plain" }
    router.post("/echo") { request, _ in
        Response(status: .ok, body: .init(byteBuffer: try await request.body.collect(upTo: 1 << 20)))
    }
    webSockets.addRoutes(to: router)
    let (running, port) = AsyncStream.makeStream(of: Int.self)
    let logger: Logger = .standardError("test", level: try configuration(options(logLevel: "critical")).redis.logLevel)
    let application = Application(
        router: router, server: .service(hotPath: hotPath, webSockets: webSockets, idleTimeout: idleTimeout),
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: logger)
    let lasting = LastingService()
    let group = ServiceGroup(services: [lasting, WebSocketKeeper(server: webSockets), application], logger: logger)
    return try await withThrowingTaskGroup { tasks in
        tasks.addTask { try await group.run() }
        defer { tasks.cancelAll() }
        guard let port = await running.first(where: { _ in true }) else { throw CancellationError() }
        return try await body(
            WebSocketTestServer(port: port, guests: guests, webSockets: webSockets, group: group, lasting: lasting))
    }
}
