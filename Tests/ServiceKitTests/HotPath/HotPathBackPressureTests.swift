import NIOCore
import NIOEmbedded
import Testing

@testable import ServiceKit

@Suite("Hot path: a client that asks faster than it is answered, or does not listen")
struct HotPathBackPressureTests {
    private static let maximumOwed = 256

    @Test("Behind 256 requests that are not answered, nothing is asked and nothing is read; then it goes on")
    func tooManyOwed() throws {
        let hotPath = try EmbeddedHotPath()
        let paths = (0..<600).map { "later/\($0)" }
        try hotPath.receive(paths.map(hot).joined())
        #expect(hotPath.desk.asked.count == Self.maximumOwed)
        let reads = hotPath.socket.reads
        hotPath.channel.read()
        hotPath.turn()
        #expect(hotPath.socket.reads == reads)

        // The first reply makes room for one request, which is asked; there is no room for more.
        hotPath.desk.release()
        hotPath.turn()
        #expect(hotPath.desk.asked.count == Self.maximumOwed + 1 && hotPath.socket.reads == reads)

        while hotPath.desk.asked.count < paths.count {
            hotPath.desk.releaseAll(backwards: true)
            hotPath.turn()
        }
        // Now there is room: the read that was held back takes place, once.
        #expect(hotPath.socket.reads == reads + 1)
        hotPath.desk.releaseAll()
        hotPath.turn()
        #expect(hotPath.desk.asked == paths && hotPath.socket.reads == reads + 1)
        #expect(try hotPath.writes().joined() == paths.map(Desk.answer(to:)).joined())
    }

    @Test("A socket that becomes writable in the middle of a flush does not make it read before the rest is answered")
    func writableInFlush() throws {
        let hotPath = try EmbeddedHotPath()
        let paths = (0..<1000).map { "later/\($0)" }
        try hotPath.receive(paths.map(hot).joined())
        hotPath.channel.read()
        let reads = hotPath.socket.reads
        hotPath.socket.duringFlush = { [unowned hotPath] in
            for isWritable in [false, true] {
                hotPath.channel.isWritable = isWritable
                hotPath.channel.pipeline.fireChannelWritabilityChanged()
            }
        }
        while hotPath.desk.asked.count < paths.count {
            hotPath.desk.releaseAll()
            hotPath.turn()
            if hotPath.desk.asked.count < paths.count { #expect(hotPath.socket.reads == reads) }
        }
        hotPath.desk.releaseAll()
        hotPath.turn()
        #expect(hotPath.socket.reads == reads + 1)
        #expect(try hotPath.writes().joined() == paths.map(Desk.answer(to:)).joined())
    }

    @Test("What is answered at once is written in pieces of some 64 KiB, and none while the client does not take it")
    func atOnce() throws {
        let hotPath = try EmbeddedHotPath()
        let paths = (0..<5000).map { "now/\($0)" }
        let answers = paths.map(Desk.answer(to:)).joined()
        try hotPath.receive(paths.map(hot).joined())
        let first = hotPath.desk.asked.count
        #expect(first < paths.count)
        hotPath.socket.duringFlush = { [unowned hotPath] in
            hotPath.channel.isWritable = false
            hotPath.channel.pipeline.fireChannelWritabilityChanged()
        }
        hotPath.turn()
        #expect(hotPath.desk.asked.count == first, "nothing is asked while nothing can be written")
        let written = try hotPath.writes().joined()
        #expect(answers.hasPrefix(written) && (64 << 10..<66 << 10).contains(written.utf8.count))

        hotPath.socket.duringFlush = {}
        hotPath.channel.isWritable = true
        hotPath.channel.pipeline.fireChannelWritabilityChanged()
        hotPath.turn()
        #expect(try written + hotPath.writes().joined() == answers)
    }

    @Test("A client that has ended its sending gets the answers for which there was no room before")
    func endedWhileFull() throws {
        let hotPath = try EmbeddedHotPath()
        let paths = (0..<600).map { "later/\($0)" }
        try hotPath.receive(paths.map(hot).joined())
        hotPath.fire(ChannelEvent.inputClosed)
        for _ in 0..<3 {
            #expect(hotPath.channel.isActive)
            hotPath.desk.releaseAll()
            hotPath.turn()
        }
        #expect(try hotPath.writes().joined() == paths.map(Desk.answer(to:)).joined())
        #expect(!hotPath.channel.isActive)
    }

    @Test("A client that does not take its answers is not read from until it has")
    func notWritable() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("a"))
        hotPath.turn()
        hotPath.channel.read()
        #expect(hotPath.socket.reads == 1)

        hotPath.channel.isWritable = false
        hotPath.channel.pipeline.fireChannelWritabilityChanged()
        hotPath.channel.read()
        hotPath.channel.read()
        try hotPath.receive(hot("b"))
        hotPath.turn()
        #expect(hotPath.socket.reads == 1 && hotPath.desk.asked == ["a"])

        hotPath.channel.isWritable = true
        hotPath.channel.pipeline.fireChannelWritabilityChanged()
        hotPath.turn()
        #expect(hotPath.desk.asked == ["a", "b"])
        #expect(hotPath.socket.reads == 2)
    }

    @Test("Of what is the router's no more is read than 64 KiB while replies are owed; then reading goes on")
    func drainingIsBounded() throws {
        let hotPath = try EmbeddedHotPath()
        let post = "POST /hot/x HTTP/1.1\r\nHost: h\r\n\r\n"
        try hotPath.receive(hot("later/a") + post)
        hotPath.channel.read()
        #expect(hotPath.socket.reads == 1)
        let more = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
        try hotPath.receive(more)
        hotPath.channel.read()
        #expect(hotPath.socket.reads == 1)

        hotPath.desk.release()
        hotPath.turn()
        #expect(hotPath.router.bytes == Array(post.utf8) + more)
        #expect(hotPath.socket.reads == 2)
        hotPath.channel.read()
        #expect(hotPath.socket.reads == 3)
    }

    @Test("Asked to quiesce, it reads no further requests, and answers what it has")
    func quiesceReadsNoMore() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("later/a"))
        hotPath.fire(ChannelShouldQuiesceEvent())
        hotPath.channel.read()
        #expect(hotPath.socket.reads == 0)
        hotPath.desk.release()
        hotPath.turn()
        #expect(try hotPath.writes() == [Desk.answer(to: "later/a")])
        #expect(!hotPath.channel.isActive)
    }
}
