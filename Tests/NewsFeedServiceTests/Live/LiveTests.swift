import TestSupport
import Testing

/// What is told at `/v1/feed/live`.
@Suite(.service(.newsFeed), .serialized)
struct LiveTests {
    @Test func `it is a stream of events that nobody keeps`() async throws {
        let service = try RunningService.shared
        let connection = try await service.connect()
        try await connection.send("GET", "/v1/feed/live", headers: user("ann"))
        let head = try await connection.text(through: "\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        for field in ["Content-Type: text/event-stream\r\n", "Cache-Control: no-store\r\n", "X-Accel-Buffering: no\r\n"] {
            #expect(head.contains(field), "\(head)")
        }
        _ = try await connection.text(through: "retry: 2000\n\n")
        let id = try await service.post("ann").id
        let event = try await connection.text(through: "\n\n")
        #expect(event.contains("event: post\ndata: {\"id\":\"\(id)\",\"author\":\"ann\",\"timelines\":0}\n\n"), "\(event)")
    }

    @Test func `names are told apart byte for byte, and cannot break out of an event`() async throws {
        let service = try RunningService.shared
        for name in ["caf\u{E9}", "cafe\u{301}", "a\"b\\c", "a/b %41"] {
            let listener = try await service.listen(as: name)
            try await service.follow(name, "evil\n\ndata: x")
            let id = try await service.post(name).id
            let told = try await listener.text(through: "\"\(id)\"")
            #expect(!told.contains("caf") && !told.contains("a\\\"b"), "\(told)")
        }
    }

    @Test func `who leaves is forgotten, however he leaves`() async throws {
        let service = try RunningService.shared
        func listeners() async throws -> Double? { try await service.metrics().value("news_feed_live_listeners") }
        try await eventually("nobody listens yet") { try await listeners() ?? 0 == 0 }
        var connections: [HTTPConnection] = []
        for index in 0..<30 { connections.append(try await service.listen(as: "user \(index)")) }
        #expect(try await listeners() == 30)
        for connection in connections[..<10] { try await connection.reset() }
        for connection in connections[10..<20] { try await connection.finishSending() }
        connections.removeLast(10)
        try await eventually("nobody listens") { try await listeners() == 0 }
        for connection in connections[10...] { _ = try await connection.untilClosed() }
    }

    @Test func `a heartbeat keeps what is silent alive`() async throws {
        let service = try RunningService.shared
        let listener = try await service.listen(as: "ann", patience: .seconds(60))
        _ = try await listener.text(through: ":\n\n")
    }
}
