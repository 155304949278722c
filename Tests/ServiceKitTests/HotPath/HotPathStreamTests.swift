import TestSupport
import Testing

@testable import ServiceKit

@Suite("Hot path: a stream has the answers that the router alone gives")
struct HotPathStreamTests {
    private struct Answer: Equatable {
        var status: Int
        var body: String
    }

    @Test("However a stream of plain and odd requests is cut, and however late replies are")
    func streams() async throws {
        var random = SeededGenerator()
        let desks = Desks(answerSoon: true)
        try await withServer(hotPath: desks.hotPath()) { hotPort in
            try await withServer(hotPath: nil) { routerPort in
                for _ in 0..<40 {
                    var stream: [UInt8] = []
                    for _ in 0..<Int.random(in: 1...12, using: &random) { stream += Self.request(&random) }
                    let wanted = try await answers(to: [stream], routerPort)
                    #expect(!wanted.isEmpty, "\(random)")
                    for pieces in [[stream], random.cut(stream, pieces: 1...6), random.cut(stream, pieces: 10...30)] {
                        let answers = try await answers(to: pieces, hotPort)
                        #expect(answers == wanted, "\(random): \(String(decoding: stream, as: UTF8.self).debugDescription)")
                    }
                }
            }
        }
        #expect(try await desks.asked > 40)
    }

    @Test(
        "At the limits of a head, and with bytes that are not plain",
        arguments: [
            "X: a\u{1}", "X: a\u{7F}", "X: a\tb", "X: \u{FC}", "X:", ": x", "Host : h", " folded", "X: y\n", "Host: h",
            "Content-Length: 0",
            "Connection: close", "Expect: x", String(repeating: "A: b\r\n", count: 98) + "A: b",
            String(repeating: "A: b\r\n", count: 99) + "A: b",
            "X: " + String(repeating: "x", count: 9000), "X: " + String(repeating: "x", count: 33_000),
        ])
    func field(field: String) async throws {
        let stream = Array("GET /hot/a HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n".utf8)
        let wanted = try await withServer(hotPath: nil) { try await answers(to: [stream], $0) }
        try await withServer(hotPath: Desks().hotPath()) { port in
            let whole = try await answers(to: [stream], port)
            let cut = try await answers(to: [Array(stream.dropLast()), stream.suffix(1)], port)
            #expect(whole == wanted && cut == wanted)
        }
    }

    /// Sends the pieces, ends the sending, and reads all that comes back.
    private func answers(to pieces: [[UInt8]], _ port: Int) async throws -> [Answer] {
        let connection = try await HTTPConnection.open(port: port)
        for piece in pieces {
            // After an error the server reads no more.
            do { try await connection.send(piece) } catch { break }
        }
        try? await connection.finishSending()
        var answers: [Answer] = []
        while let reply = try? await connection.reply() { answers.append(Answer(status: reply.status, body: reply.text)) }
        return answers
    }

    private static func request(_ random: inout SeededGenerator) -> [UInt8] {
        let path = "p" + random.text(0...12, of: "abcxyz/019-._~") + random.pick(["", "?cost=1", "?"])
        let prefix = random.pick(["", "", "", "", "later/", "later/", "later/", "refuse/"])
        let target = "/hot/\(prefix)\(path)"
        guard Int.random(in: 0..<8, using: &random) == 0 else {
            return Array("GET \(target) HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n".utf8)
        }
        return Array(
            random.pick([
                "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
                "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                "GET \(target) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET \(target) HTTP/1.0\r\nHost: h\r\n\r\n",
                "GET \(target) HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab", "GET /none HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET http://h\(target) HTTP/1.1\r\nHost: h\r\n\r\n", "GET \(target) HTTP/1.1\r\n\r\n",
                "GET \(target) HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", "GET \(target) HTTP/1.1\r\nHost : h\r\n\r\n",
                "GET \(target) HTTP/1.1\r\nHost: h\r\nX: \u{1}\r\n\r\n", "GET \(target) HTTP/1.1\nHost: h\n\n",
                "nonsense\r\n\r\n",
            ]).utf8)
    }
}
