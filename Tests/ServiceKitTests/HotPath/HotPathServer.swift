import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOPosix
import TestSupport

@testable import ServiceKit

/// Runs a body with a server on a loopback port: the hot path, if there is one, before a router that gives the same answers.
func withServer<Value: Sendable>(
    hotPath: HotPath?, idleTimeout: TimeAmount? = nil, _ body: (_ port: Int) async throws -> Value
) async throws -> Value {
    let (running, port) = AsyncStream.makeStream(of: Int.self)
    let application = Application(
        router: testRouter(),
        server: idleTimeout.map { .hotPath(hotPath, idleTimeout: $0) } ?? .service(hotPath: hotPath),
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
        logger: .standardError("test", level: try configuration(options(logLevel: "critical")).redis.logLevel))
    return try await withThrowingTaskGroup { group in
        group.addTask { try await application.run() }
        defer { group.cancelAll() }
        guard let port = await running.first(where: { _ in true }) else { throw CancellationError() }
        return try await body(port)
    }
}

/// `/hot/…` answers as ``Desk`` does; `POST /echo` gives back the body.
private func testRouter() -> Router<ServiceRequestContext> {
    let router = Router(context: ServiceRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.get("/hot/**") { request, _ in
        let target = request.uri.path.dropFirst("/hot/".count)
        return Response(status: .ok, headers: [.by: "router"], body: .init(byteBuffer: ByteBuffer(string: String(target))))
    }
    router.post("/echo") { request, _ in
        let body = try await request.body.collect(upTo: 1 << 20)
        return Response(status: .ok, headers: [.by: "router"], body: .init(byteBuffer: body))
    }
    return router
}

extension HTTPField.Name {
    fileprivate static let by = HTTPField.Name("by") ?? .from
}

extension HTTPServerBuilder {
    /// As `service(hotPath:)` has it, with another idle timeout.
    fileprivate static func hotPath(_ hotPath: HotPath?, idleTimeout: TimeAmount) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            let router = HTTP1Channel(responder: responder, configuration: .init(idleTimeout: idleTimeout))
            guard let hotPath else { return router }
            return HotPathChannel(hotPath: hotPath, router: router, idleTimeout: idleTimeout)
        }
    }
}
