import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Hot path: connections that bring nothing are closed in time")
struct HotPathIdleTests {
    @Test(
        "Silence from the first, after an answer, and after half a request",
        arguments: ["", hot("a"), "GET /hot/half", "G", hot("a") + "GE"])
    func silence(text: String) async throws {
        try await withServer(hotPath: Desks().hotPath(), idleTimeout: .milliseconds(300)) { port in
            let connection = try await HTTPConnection.open(port: port)
            try await connection.send(text)
            let rest = try await connection.untilClosed()
            #expect(String(decoding: rest, as: UTF8.self) == (text.hasPrefix(hot("a")) ? Desk.answer(to: "a") : ""))
        }
    }

    @Test("Bytes that trickle in do not keep it open, requests do")
    func trickle() async throws {
        let timeout = Duration.seconds(1)
        try await withServer(hotPath: Desks().hotPath(), idleTimeout: TimeAmount(timeout)) { port in
            let trickling = try await HTTPConnection.open(port: port)
            try await trickling.send("GET /hot/a HTTP/1.1\r\nX: ")
            var asking = try await HTTPConnection.open(port: port)
            var (opened, answered) = (ContinuousClock.now, ContinuousClock.now)
            // The one is closed, while the other is served on and on.
            try await eventually(within: .seconds(30)) {
                do {
                    #expect(try await asking.request("GET", "/hot/a").text == "a")
                } catch {
                    #expect(ContinuousClock.now - answered > timeout, "closed though it asked")
                    // This machine was so busy that it asked too late; once more.
                    asking = try await HTTPConnection.open(port: port)
                    opened = .now
                }
                answered = .now
                try? await trickling.send("x")
                return try await trickling.isClosed && answered - opened > timeout * 1.3
            }
        }
    }

    @Test("A reply that takes longer than the timeout still comes")
    func slowReply() async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath(), idleTimeout: .milliseconds(300)) { port in
            let waiting = try await HTTPConnection.open(port: port)
            try await waiting.send(hot("later/a"))
            try await eventually(within: .seconds(30)) { try await desks.asked == 1 }
            // Two that came after it are closed one after the other: more than the timeout is over.
            for _ in 0..<2 { _ = try await HTTPConnection.open(port: port).untilClosed() }
            _ = try await desks.each { $0.releaseAll() }
            #expect(try await waiting.reply().text == "later/a")
            #expect(try await waiting.untilClosed().isEmpty)
        }
    }

    @Test("A connection that has become the router's is closed as the router says", arguments: ["", "GET /hot/half"])
    func routed(rest: String) async throws {
        try await withServer(hotPath: Desks().hotPath(), idleTimeout: .milliseconds(300)) { port in
            let connection = try await HTTPConnection.open(port: port)
            #expect(try await connection.request("GET", "/hot/refuse")["by"] == "router")
            try await connection.send(rest)
            #expect(try await connection.untilClosed().isEmpty)
        }
    }
}
