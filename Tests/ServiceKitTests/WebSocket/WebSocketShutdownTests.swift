import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: a server that stops")
struct WebSocketShutdownTests {
    @Test("Each is told with 1001, the sessions too, and those who do not answer are not waited for without end")
    func graceful() async throws {
        try await withWebSocketServer {
            $0.closeTimeout = .milliseconds(300)
        } _: { server in
            let late = try await HTTPConnection.open(port: server.port)
            #expect(try await late.request("GET", "/plain").status == 200)
            let clients = [try await server.connect(), try await WebSocketClient.upgrade(late, "/ws?user=late")]
            for client in clients { _ = try await client.text() }
            let deaf = try await server.connect()
            _ = try await deaf.text()
            await server.stop()
            for client in clients { #expect(try await client.closed() == .init(code: 1001, reason: "The server stops.")) }
            #expect(try await deaf.frame().closeCode == 1001)
            _ = try await deaf.connection.untilClosed()
            #expect(server.guests.stopping == 3)
            try await eventually(within: .seconds(30)) {
                server.guests.ends.count == 3 && server.webSockets.connections.count == 0
            }
        }
    }

    @Test("A client is waited for until it has answered")
    func answered() async throws {
        try await withWebSocketServer {
            $0.closeTimeout = .seconds(60)
        } _: { server in
            let slow = try await server.connect()
            _ = try await slow.text()
            await server.stop()
            #expect(try await slow.frame().closeCode == 1001)
            try await eventually(within: .seconds(30)) { server.guests.ends.count == 1 }
            #expect(server.webSockets.connections.count == 1 && !server.hasEnded)
            try await slow.send(.close(1001))
            #expect(try await slow.connection.untilClosed().isEmpty)
            try await eventually(within: .seconds(30)) { server.hasEnded }
        }
    }

    @Test("What the connections need runs until they have ended, though that is spread over a while")
    func spread() async throws {
        try await withWebSocketServer {
            $0.shutdownSpread = .seconds(1)
        } _: { server in
            var clients: [WebSocketClient] = []
            for number in 0..<10 { clients.append(try await server.connect("/ws?user=u\(number)")) }
            for client in clients { _ = try await client.text() }
            await server.stop()
            // All still speak while they wait for their turn, or have been closed in order.
            for client in clients {
                #expect(try await client.closed().code == 1001)
            }
            try await eventually(within: .seconds(30)) { server.guests.ends.count == 10 }
            #expect(server.guests.ends.allSatisfy { $0 == .byServer(.goingAway, reason: "The server stops.") })
        }
    }

    @Test("A server whose task is cancelled ends its connections")
    func cancelled() async throws {
        let client = try await withWebSocketServer { server in
            let client = try await server.connect()
            _ = try await client.text()
            return client
        }
        _ = try await client.connection.untilClosed()
    }
}
