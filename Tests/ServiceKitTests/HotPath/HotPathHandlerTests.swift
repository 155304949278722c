import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Hot path: answering and handing over")
struct HotPathHandlerTests {
    @Test("Requests that came together are answered in their order, in one write")
    func pipelined() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("a") + hot("later/b") + hot("later/c") + hot("d"))
        hotPath.turn()
        #expect(try hotPath.writes() == [Desk.answer(to: "a")])
        hotPath.desk.release(1)
        hotPath.turn()
        #expect(try hotPath.writes().isEmpty)
        hotPath.desk.release()
        hotPath.turn()
        #expect(try hotPath.writes() == [["later/b", "later/c", "d"].map(Desk.answer(to:)).joined()])
        #expect(hotPath.desk.asked == ["a", "later/b", "later/c", "d"])
        #expect(hotPath.handOvers == 0)
    }

    @Test("The first bytes that are not plain go to the router as they are, and all that follows")
    func handOver() throws {
        let hotPath = try EmbeddedHotPath()
        let odd = "POST /hot/x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}" + hot("after")
        try hotPath.receive(hot("a") + odd)
        hotPath.turn()
        #expect(try hotPath.writes() == [Desk.answer(to: "a")])
        #expect(hotPath.handOvers == 1 && hotPath.router.text == odd && hotPath.router.readCompletes > 0)
        #expect(!hotPath.isHandlerInPlace)

        try hotPath.receive(hot("much later"))
        #expect(hotPath.router.text == odd + hot("much later"))
        #expect(hotPath.desk.asked == ["a"] && hotPath.handOvers == 1 && hotPath.endings == 0)
        try hotPath.channel.close().wait()
        #expect(hotPath.endings == 0)
    }

    @Test("What a responder refuses goes to the router, whole, behind the replies that were owed")
    func refused() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("later/a") + hot("refuse/b") + hot("c"))
        hotPath.turn()
        #expect(hotPath.handOvers == 0 && hotPath.desk.asked == ["later/a"])
        try hotPath.receive("GET / HTTP/1.1\r\n")
        hotPath.desk.release()
        hotPath.turn()
        #expect(try hotPath.writes() == [Desk.answer(to: "later/a")])
        #expect(hotPath.handOvers == 1)
        #expect(hotPath.router.text == hot("refuse/b") + hot("c") + "GET / HTTP/1.1\r\n")
    }

    @Test("A router that closes at once, as on a malformed request, closes")
    func routerCloses() throws {
        let hotPath = try EmbeddedHotPath()
        hotPath.router.closesAtOnce = true
        try hotPath.receive(hot("a") + "nonsense\r\n\r\n")
        hotPath.turn()
        #expect(!hotPath.channel.isActive && hotPath.router.text == "nonsense\r\n\r\n")
        #expect(try hotPath.writes() == [Desk.answer(to: "a")])
    }

    @Test("However a stream is cut, and whenever replies come: the same answers in the same order, the rest to the router")
    func anyCutAnyOrder() throws {
        var random = SeededGenerator()
        for _ in 0..<400 {
            let hotPath = try EmbeddedHotPath()
            var stream: [UInt8] = []
            var answers = ""
            for _ in 0..<Int.random(in: 0...10, using: &random) {
                let request = GeneratedRequest.plain(&random)
                guard case .request(_, let path, _, _) = request.wanted, !path.hasPrefix("refuse") else { continue }
                stream += request.bytes
                answers += Desk.answer(to: path)
            }
            var rest: [UInt8] = []
            switch Int.random(in: 0..<3, using: &random) {
            case 0: rest = GeneratedRequest.odd(&random).bytes + random.bytes(0...100)
            case 1: rest = Array(hot("refuse").utf8) + GeneratedRequest.plain(&random).bytes
            default: break
            }
            let decisions = (0..<16).map { _ in random.pick([Desk.Decision.now, .later]) }
            hotPath.desk.decide = { [unowned desk = hotPath.desk] path in
                path.hasPrefix("refuse") ? .refuse : decisions[desk.asked.count]
            }

            var written = ""
            for piece in random.cut(stream + rest, pieces: 1...12) {
                try hotPath.receive(piece)
                while Bool.random(using: &random) {
                    if Bool.random(using: &random) { hotPath.turn() }
                    if let held = hotPath.desk.held.indices.randomElement(using: &random) { hotPath.desk.release(held) }
                }
                written += try hotPath.writes().joined()
                #expect(answers.hasPrefix(written), "\(random)")
                #expect(hotPath.handOvers == 0 || written == answers, "\(random): handed over before all was answered")
            }
            while let held = hotPath.desk.held.indices.randomElement(using: &random) { hotPath.desk.release(held) }
            hotPath.turn()
            written += try hotPath.writes().joined()
            #expect(written == answers, "\(random)")
            #expect(hotPath.router.bytes == rest && hotPath.handOvers == (rest.isEmpty ? 0 : 1), "\(random)")
        }
    }

    @Test("Random bytes never crash it, and none is lost: it is answered, kept as half a request, or the router's")
    func garbage() throws {
        var random = SeededGenerator()
        for _ in 0..<300 {
            let hotPath = try EmbeddedHotPath()
            var stream = GeneratedRequest.plain(&random).bytes + GeneratedRequest.plain(&random).bytes
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                stream[Int.random(in: stream.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            stream += random.bytes(0...300)
            let verdicts = { (bytes: ArraySlice<UInt8>) in Verdict(bytes) }
            var rest = stream[...]
            while case .request(_, let path, _, let length) = verdicts(rest), !path.hasPrefix("refuse") {
                rest.removeFirst(length)
            }
            for piece in random.cut(stream, pieces: 1...20) {
                try hotPath.receive(piece)
                hotPath.turn()
            }
            if verdicts(rest) == .incomplete {
                #expect(hotPath.handOvers == 0, "\(random)")
            } else {
                #expect(hotPath.router.bytes == Array(rest), "\(random)")
            }
        }
    }
}
