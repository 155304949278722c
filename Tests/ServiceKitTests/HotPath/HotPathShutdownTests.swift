import Hummingbird
import HummingbirdCore
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Hot path: a server that stops")
struct HotPathShutdownTests {
    @Test("What is in flight is answered, idle connections close, and the server ends")
    func graceful() async throws {
        let desks = Desks()
        let (running, port) = AsyncStream.makeStream(of: Int.self)
        let service = try HTTPServerBuilder.service(hotPath: desks.hotPath()).buildServer(
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: .standardError("test", level: try configuration(options(logLevel: "critical")).redis.logLevel),
            responder: { _, writer, _ in
                try await writer.write(response: .init(status: .ok, headerFields: [.contentLength: "0"]), body: .init())
            },
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) })
        let server = try #require(service as? Server<HotPathChannel>)
        async let end: Void = server.run()
        let bound = try #require(await running.first { _ in true })

        let idle = try await HTTPConnection.open(port: bound)
        #expect(try await idle.request("GET", "/hot/a").text == "a")
        let routed = try await HTTPConnection.open(port: bound)
        #expect(try await routed.request("GET", "/").status == 200)
        let waiting = try await HTTPConnection.open(port: bound)
        try await waiting.send(hot("later/a") + hot("later/b"))
        let draining = try await HTTPConnection.open(port: bound)
        try await draining.send(hot("later/c") + "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        try await eventually(within: .seconds(30)) { try await desks.asked == 4 }

        async let stopped: Void = server.shutdownGracefully()
        #expect(try await idle.untilClosed().isEmpty)
        #expect(try await routed.untilClosed().isEmpty)
        #expect(try await !waiting.isClosed)
        #expect(try await !draining.isClosed)

        _ = try await desks.each { $0.releaseAll(backwards: true) }
        #expect(try await waiting.reply().text == "later/a")
        #expect(try await waiting.reply().text == "later/b")
        #expect(try await waiting.untilClosed().isEmpty)
        #expect(try await draining.reply().text == "later/c")
        #expect(try await draining.reply().status == 200)
        #expect(try await draining.untilClosed().isEmpty)
        try await stopped
        try await end
    }

    @Test("A server whose task is cancelled closes its connections, also those that wait for a reply that never comes")
    func cancelled() async throws {
        let desks = Desks()
        let connections = try await withServer(hotPath: desks.hotPath()) { port in
            let waiting = try await HTTPConnection.open(port: port)
            try await waiting.send(hot("later/a"))
            let draining = try await HTTPConnection.open(port: port)
            try await draining.send(hot("later/b") + "POST /echo HTTP/1.1\r\n")
            let idle = try await HTTPConnection.open(port: port)
            #expect(try await idle.request("GET", "/hot/a").text == "a")
            try await eventually(within: .seconds(30)) { try await desks.asked == 3 }
            return [waiting, draining, idle]
        }
        for connection in connections { #expect(try await connection.untilClosed().isEmpty) }
        _ = try await desks.each { $0.releaseAll() }
    }
}
