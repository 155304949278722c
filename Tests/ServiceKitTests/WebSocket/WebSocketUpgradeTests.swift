import Foundation
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: who gets one")
struct WebSocketUpgradeTests {
    @Test("In development: the user of the header or of the query, the header's first; without one 401")
    func development() async throws {
        try await withWebSocketServer { server in
            #expect(try await server.connect("/ws?user=alice").text() == "welcome alice")
            #expect(try await server.connect("/ws?a=b&user=b%C3%BCb").text() == "welcome büb")
            #expect(try await server.connect("/ws?user=bob", headers: [("X-User-ID", "alice")]).text() == "welcome alice")
            for target in ["/ws", "/ws?user=", "/ws?usr=bob"] {
                let reply = try #require(try await server.refusal(target))
                #expect(reply.status == 401 && reply["Content-Type"] == "application/problem+json")
                #expect(reply["WWW-Authenticate"] == "Bearer")
            }
        }
    }

    @Test("With a secret: the token of the header or of the query, and nothing else")
    func tokens() async throws {
        try await withWebSocketServer(environment: ["JWT_SECRET": Tokens.secret, "ADMIN_TOKEN": "t"]) { server in
            let token = try await Tokens.hmac().token()
            let bearer = [("Authorization", "Bearer \(token)")]
            #expect(try await server.connect("/ws", headers: bearer).text() == "welcome alice")
            #expect(try await server.connect("/ws?access_token=\(token)").text() == "welcome alice")
            // Not sent by a browser of itself, a token is good from any page.
            let page = bearer + [("Origin", "https://elsewhere.example")]
            #expect(try await server.connect("/ws", headers: page).text() == "welcome alice")
            let old = try await Tokens.hmac().token(exp: .now - 10)
            for (target, headers) in [
                ("/ws?user=alice", []), ("/ws", [("X-User-ID", "alice")]), ("/ws?access_token=\(old)", []),
                ("/ws?access_token=", []),
                ("/ws?access_token=\(token)", [("Authorization", "Bearer \(old)")]), ("/ws", [("Authorization", "Bearer t")]),
            ] as [(String, [(String, String)])] {
                #expect(try await server.refusal(target, headers: headers)?.status == 401, "\(target) \(headers)")
            }
        }
    }

    @Test(
        "In development a page has to come from the host that it asks",
        arguments: [
            ("http://localhost", nil), ("http://localhost:5173", nil), ("http://LOCALHOST:80", nil), ("http://127.0.0.1", 403),
            ("https://evil.example", 403), ("http://localhost.evil.example", 403), ("null", 403), ("", 403),
        ] as [(String, Int?)])
    func origin(origin: String, status: Int?) async throws {
        try await withWebSocketServer { server in
            let refusal = try await server.refusal("/ws?user=alice", headers: [("Origin", origin)])
            #expect(refusal?.status == status)
        }
    }

    @Test("What is no upgrade, or not a whole one, is told so; other paths are the router's")
    func notAnUpgrade() async throws {
        try await withWebSocketServer { server in
            let connection = try await HTTPConnection.open(port: server.port)
            let plain = try await connection.request("GET", "/ws?user=a")
            #expect(plain.status == 426 && plain["Upgrade"] == "websocket" && plain["Sec-WebSocket-Version"] == "13")
            #expect(plain["Content-Type"] == "application/problem+json")
            // The connection goes on.
            #expect(try await connection.request("GET", "/plain").text == "plain")
            #expect(try await connection.request("HEAD", "/ws").status == 426)
            #expect(try await connection.request("POST", "/ws", body: "x").status == 404)
            #expect(try await connection.request("GET", "/ws/").status == 404)

            func status(_ change: (inout [String: String]) -> Void) async throws -> Int {
                var headers = Dictionary(uniqueKeysWithValues: WebSocketClient.upgradeHeaders)
                change(&headers)
                return try await HTTPConnection.open(port: server.port).request(
                    "GET", "/ws?user=a", headers: headers.map { ($0, $1) }
                ).status
            }
            #expect(try await status { _ in } == 101)
            #expect(try await status { $0["Connection"] = "keep-alive, UPGRADE" } == 101)
            #expect(try await status { $0["Upgrade"] = "WebSocket" } == 101)
            #expect(try await status { $0["Connection"] = "keep-alive" } == 426)
            #expect(try await status { $0["Upgrade"] = "h2c" } == 426)
            #expect(try await status { $0["Sec-WebSocket-Version"] = "8" } == 426)
            #expect(try await status { $0["Sec-WebSocket-Version"] = nil } == 426)
            #expect(try await status { $0["Sec-WebSocket-Key"] = nil } == 400)
            #expect(try await status { $0["Sec-WebSocket-Key"] = "c2hvcnQ=" } == 400)
            #expect(try await status { $0["Sec-WebSocket-Key"] = String(repeating: "*", count: 24) } == 400)
            #expect(try await server.refusal("/nothing?user=a")?.status == 404)
            #expect(try await server.refusal("/plain?user=a")?.text == "plain")
        }
    }

    @Test("The application has its say, and knows the path's parameters and the query")
    func authorized() async throws {
        try await withWebSocketServer { server in
            #expect(try await server.connect("/rooms/of%20alice/ws?user=alice&since=7").text() == "welcome alice")
            let request = try #require(server.guests.requests.first)
            #expect(request.parameters == ["room": "of alice"] && request.query("since") == "7" && request.query("x") == nil)
            #expect(request.headers[.upgrade] == "websocket" && request.remoteAddress?.ipAddress == "127.0.0.1")
            let reply = try #require(try await server.refusal("/rooms/of%20alice/ws?user=bob"))
            #expect(reply.status == 403 && reply.text.contains("Not your room."))
            #expect(try await server.refusal("/rooms//ws?user=bob")?.status == 404)
        }
    }

    @Test("HTTP and WebSockets share the port: before, beside, and on one connection")
    func shared() async throws {
        try await withWebSocketServer(hotPath: Desks().hotPath()) { server in
            let hot = try await HTTPConnection.open(port: server.port)
            #expect(try await hot.request("GET", "/hot/a")["by"] == "hot path")
            #expect(try await hot.request("POST", "/echo", body: "hello").text == "hello")
            #expect(try await hot.request("GET", "/plain").text == "plain")
            // A proxy's connection, which has served others before.
            let late = try await WebSocketClient.upgrade(hot, "/ws?user=late")
            #expect(try await late.text() == "welcome late")
            let second = try await server.connect("/ws?user=second")
            for client in [late, second] {
                for number in 0..<20 { try await client.send("\(number)") }
            }
            #expect(try await second.text() == "welcome second")
            for number in 0..<20 {
                #expect(try await late.text() == "\(number)")
                #expect(try await second.text() == "\(number)")
            }
            #expect(try await late.close(1000) == .init(code: 1000, reason: ""))
            #expect(try await HTTPConnection.open(port: server.port).request("GET", "/plain").text == "plain")
            #expect(try await second.close(3000).code == 3000)
        }
    }

    @Test(
        "The answer to an upgrade that is not to be is the connection's last, and says so",
        arguments: [
            ("/ws", "websocket", 401), ("/plain", "websocket", 200), ("/plain", "h2c", 200), ("/nothing", "websocket", 404),
        ])
    func last(target: String, upgrade: String, status: Int) async throws {
        try await withWebSocketServer { server in
            let plain = "GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n"
            for before in ["", plain] {
                let connection = try await HTTPConnection.open(port: server.port)
                let wanting =
                    "GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: \(upgrade)\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                try await connection.send(before + wanting)
                if !before.isEmpty {
                    let reply = try await connection.reply()
                    #expect(reply.text == "plain" && reply["Connection"] != "close")
                }
                let reply = try await connection.reply()
                #expect(reply.status == status && reply["Connection"] == "close")
                #expect(try await connection.untilClosed().isEmpty)
            }
        }
    }

    @Test("A late one lives as long as it speaks, though it brings no requests")
    func lateAndIdle() async throws {
        try await withWebSocketServer(idleTimeout: .milliseconds(200)) { bounds in
            (bounds.pingInterval, bounds.silenceLimit) = (.milliseconds(100), .seconds(60))
        } _: { server in
            let connection = try await HTTPConnection.open(port: server.port)
            #expect(try await connection.request("GET", "/plain").status == 200)
            let late = try await WebSocketClient.upgrade(connection, "/ws?user=late")
            #expect(try await late.text() == "welcome late")
            // Five pings take longer than an idle connection of the router's lives.
            for _ in 0..<5 {
                let frame = try await late.frame()
                #expect(frame.opcode == 9)
                try await late.send(.pong(frame.payload))
            }
            try await late.send("there")
            #expect(try await late.text() == "there")
        }
    }

    @Test("Requests behind an upgrade are nobody's, and disturb nobody")
    func pipelined() async throws {
        try await withWebSocketServer { server in
            let head =
                (["GET /ws?user=a HTTP/1.1", "Host: localhost"] + WebSocketClient.upgradeHeaders.map { "\($0): \($1)" })
                .joined(separator: "\r\n") + "\r\n\r\n"
            let plain = "GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n"
            for text in [head + plain, plain + head + plain] {
                let connection = try await HTTPConnection.open(port: server.port)
                try await connection.send(text)
                if text.hasPrefix(plain) { #expect(try await connection.reply().text == "plain") }
                #expect(try await connection.reply().status == 101)
            }
            #expect(try await server.connect().text() == "welcome alice")
        }
    }

    @Test("A connection that brings no whole request is closed in time", arguments: ["", "GET /ws?user=a HTTP/1.1\r\nHost:"])
    func idle(text: String) async throws {
        try await withWebSocketServer(idleTimeout: .milliseconds(200)) { server in
            let connection = try await HTTPConnection.open(port: server.port)
            try await connection.send(text)
            #expect(try await connection.untilClosed().isEmpty)
        }
    }
}
