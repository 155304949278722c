import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Hot path: with a router behind it, on a socket")
struct HotPathServerTests {
    @Test("Hot and routed requests in one stream are answered in order; after the first routed one all are the router's")
    func mixed() async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath()) { port in
            let connection = try await HTTPConnection.open(port: port)
            let post = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
            try await connection.send(hot("a") + hot("later/b") + hot("c") + post + hot("d") + post + hot("e"))
            let first = try await connection.reply()
            #expect(first.text == "a" && first["by"] == "hot path")
            try await eventually(within: .seconds(30)) { try await desks.asked == 3 }
            _ = try await desks.each { $0.releaseAll() }
            var replies: [String] = []
            for _ in 0..<6 {
                let reply = try await connection.reply()
                #expect(reply.status == 200)
                replies.append("\(reply.text) by \(reply["by"] ?? "?")")
            }
            #expect(
                replies == [
                    "later/b by hot path", "c by hot path", "hello by router", "d by router", "hello by router", "e by router",
                ])
            #expect(try await desks.asked == 3)
        }
    }

    @Test("What a responder refuses has the router's answer, and HEAD has no body by either way")
    func refused() async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath()) { port in
            let connection = try await HTTPConnection.open(port: port)
            #expect(try await connection.request("GET", "/hot/a")["by"] == "hot path")
            let reply = try await connection.request("GET", "/hot/refuse")
            #expect(reply.text == "refuse" && reply["by"] == "router")
            let head = try await connection.request("HEAD", "/hot/a")
            #expect(head.status == 200 && head["by"] == "router" && head["content-length"] == "1")
            #expect(try await connection.request("GET", "/hot/b")["by"] == "router")
        }
    }

    @Test("Replies that are ready in the wrong order leave in the right one, on many connections at once")
    func outOfOrder() async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath()) { port in
            let paths = (0..<200).map { "later/\($0)" }
            var connections: [HTTPConnection] = []
            for _ in 0..<8 {
                let connection = try await HTTPConnection.open(port: port)
                try await connection.send(paths.map(hot).joined())
                connections.append(connection)
            }
            try await eventually(within: .seconds(30)) { try await desks.asked == 8 * 200 }
            _ = try await desks.each { desk in
                while let index = desk.held.indices.randomElement() { desk.release(index) }
            }
            for connection in connections {
                try await connection.finishSending()
                let all = String(decoding: try await connection.untilClosed(), as: UTF8.self)
                #expect(all == paths.map(Desk.answer(to:)).joined())
            }
        }
    }

    @Test("A client that has ended its sending gets its answers, of the hot path and of the router, and then the end")
    func halfClose() async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath()) { port in
            let post = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
            for rest in ["", post, post + hot("b"), hot("refuse")] {
                let connection = try await HTTPConnection.open(port: port)
                let before = try await desks.asked
                try await connection.send(hot("later/a") + rest)
                try await connection.finishSending()
                try await eventually(within: .seconds(30)) { try await desks.asked == before + 1 }
                _ = try await desks.each { $0.releaseAll() }
                #expect(try await connection.reply().text == "later/a")
                let count = rest.isEmpty ? 0 : rest == post + hot("b") ? 2 : 1
                for _ in 0..<count { #expect(try await connection.reply().status == 200) }
                #expect(try await connection.untilClosed().isEmpty)
            }
        }
    }

    @Test("Connections that are reset while replies are owed: the replies come to nothing, and others are served")
    func reset() async throws {
        let desks = Desks()
        try await withServer(hotPath: desks.hotPath()) { port in
            for rest in ["", "POST /echo HTTP/1.1\r\nHost: h\r\n", hot("refuse"), "GET /hot/half"] {
                for _ in 0..<5 {
                    let connection = try await HTTPConnection.open(port: port)
                    let before = try await desks.asked
                    try await connection.send(hot("later/a") + hot("later/b") + rest)
                    try await eventually(within: .seconds(30)) { try await desks.asked == before + 2 }
                    // The reset and the replies may meet in any order.
                    async let reset: Void = connection.reset()
                    _ = try await desks.each { $0.releaseAll(backwards: true) }
                    try await reset
                }
            }
            let other = try await HTTPConnection.open(port: port)
            #expect(try await other.request("GET", "/hot/x").text == "x")
        }
    }
}
