import NIOCore
import NIOEmbedded
import Testing

@testable import ServiceKit

@Suite("Hot path: how a connection ends")
struct HotPathEndingTests {
    private struct Failure: Error {}
    private let odd = "POST /hot/x HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test("Asked to quiesce, it closes at once when nothing is owed", arguments: ["", "GET /hot/half a requ"])
    func quiesceIdle(half: String) throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("a") + half)
        hotPath.turn()
        hotPath.fire(ChannelShouldQuiesceEvent())
        #expect(!hotPath.channel.isActive && hotPath.endings == 1 && hotPath.handOvers == 0)
        #expect(try hotPath.writes() == [Desk.answer(to: "a")])
    }

    @Test(
        "Asked to quiesce, or with the client's sending at an end, it answers what is in flight and closes",
        arguments: [true, false])
    func endsWhenAnswered(quiesce: Bool) throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("later/a") + hot("b") + hot("later/c") + "GET /hot/half")
        hotPath.turn()
        hotPath.fire(quiesce ? ChannelShouldQuiesceEvent() as Any : ChannelEvent.inputClosed)
        hotPath.desk.release(1)
        hotPath.turn()
        #expect(hotPath.channel.isActive)
        hotPath.desk.release()
        hotPath.turn()
        #expect(try hotPath.writes() == [["later/a", "b", "later/c"].map(Desk.answer(to:)).joined()])
        #expect(!hotPath.channel.isActive && hotPath.endings == 1)
    }

    @Test("Answered in the same turn in which the client ended: the answer goes out before the close", arguments: [true, false])
    func endsInTheSameTurn(quiesce: Bool) throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("a"))
        hotPath.fire(quiesce ? ChannelShouldQuiesceEvent() as Any : ChannelEvent.inputClosed)
        hotPath.turn()
        #expect(try hotPath.writes() == [Desk.answer(to: "a")])
        #expect(!hotPath.channel.isActive)
    }

    @Test(
        "A client that ends its sending gets answers to all it asked, also to what was too much at once",
        arguments: [true, false])
    func backlogIsAnswered(later: Bool) throws {
        let hotPath = try EmbeddedHotPath()
        let paths = (0..<700).map { later ? "later/\($0)" : "\($0)" }
        try hotPath.receive(paths.map(hot).joined())
        hotPath.fire(ChannelEvent.inputClosed)
        while hotPath.channel.isActive && hotPath.desk.asked.count < paths.count {
            hotPath.desk.releaseAll(backwards: true)
            hotPath.turn()
        }
        hotPath.desk.releaseAll()
        hotPath.turn()
        #expect(try hotPath.writes().joined() == paths.map(Desk.answer(to:)).joined())
        #expect(!hotPath.channel.isActive)
    }

    @Test("While it hands over, the end of sending and the wish to quiesce are the router's to know, after the bytes")
    func eventsWhileDraining() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("later/a") + odd)
        hotPath.fire(ChannelEvent.inputClosed)
        hotPath.fire(ChannelShouldQuiesceEvent())
        #expect(hotPath.handOvers == 0)
        hotPath.desk.release()
        hotPath.turn()
        #expect(hotPath.router.text == odd && hotPath.channel.isActive)
        let length = odd.utf8.count
        #expect(Set(hotPath.router.events) == ["input closed after \(length) bytes", "quiesce after \(length) bytes"])
    }

    @Test("Sending has ended, then what waited turns out to be the router's: the router is told")
    func handOverAfterInputClosed() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive((0..<256).map { hot("later/\($0)") }.joined() + odd)
        hotPath.fire(ChannelEvent.inputClosed)
        hotPath.desk.releaseAll()
        hotPath.turn()
        hotPath.turn()
        #expect(hotPath.router.text == odd && hotPath.channel.isActive)
        #expect(hotPath.router.events == ["input closed after \(odd.utf8.count) bytes"])
    }

    @Test("After a hand-over events are the router's")
    func eventsAfterHandOver() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(odd)
        hotPath.fire(ChannelShouldQuiesceEvent())
        hotPath.fire(ChannelEvent.inputClosed)
        #expect(hotPath.router.events == ["quiesce after \(odd.utf8.count) bytes", "input closed after \(odd.utf8.count) bytes"])
        #expect(hotPath.channel.isActive)
    }

    @Test("A connection that closes while replies are owed: they come to nothing", arguments: ["", "POST / HTTP/1.1\r\n"])
    func closedWhileOwed(rest: String) throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("later/a") + hot("later/b") + hot("later/c") + rest)
        hotPath.channel.close(promise: nil)
        hotPath.desk.release(1)
        hotPath.turn()
        hotPath.desk.releaseAll()
        hotPath.turn()
        #expect(try hotPath.writes().isEmpty)
        #expect(hotPath.endings == 1 && hotPath.handOvers == 0 && hotPath.router.bytes.isEmpty)
    }

    @Test("The last reply that was owed comes in the very turn in which the connection closes: nothing is handed over")
    func closedInTheTurnOfTheHandOver() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("later/a") + odd)
        hotPath.desk.release()
        hotPath.channel.close(promise: nil)
        hotPath.turn()
        #expect(hotPath.endings == 1 && hotPath.handOvers == 0 && hotPath.router.bytes.isEmpty)
    }

    @Test("What waited behind too many requests is not asked any more when the connection has closed")
    func backlogOfAClosedConnection() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive((0..<300).map { hot("later/\($0)") }.joined())
        hotPath.desk.releaseAll()
        hotPath.channel.close(promise: nil)
        hotPath.turn()
        #expect(hotPath.desk.asked.count == 256)
    }

    @Test("An error on the connection closes it; after a hand-over it is the router's affair")
    func errors() throws {
        let hotPath = try EmbeddedHotPath()
        try hotPath.receive(hot("later/a"))
        hotPath.channel.pipeline.fireErrorCaught(Failure())
        hotPath.turn()
        #expect(!hotPath.channel.isActive && hotPath.endings == 1)
        try hotPath.channel.throwIfErrorCaught()

        let other = try EmbeddedHotPath()
        try other.receive(odd)
        other.channel.pipeline.fireErrorCaught(Failure())
        #expect(other.channel.isActive)
        #expect(throws: Failure.self) { try other.channel.throwIfErrorCaught() }
    }
}
