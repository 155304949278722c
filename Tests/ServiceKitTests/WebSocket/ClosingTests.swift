import Testing

@testable import ServiceKit

@Suite("WebSocket: closing")
struct ClosingTests {
    @Test(
        "The server closes: the connection ends when its frame is out and the client's has come, in either order",
        arguments: [true, false])
    func byServer(outFirst: Bool) {
        var closing = Closing()
        #expect(closing.advance() == .nothing)
        let begun = closing.begin()
        #expect(begun && closing.phase == .awaitingClient)
        if outFirst { closing.flushed() } else { #expect(closing.clientClosed() == false) }
        #expect(closing.advance() == .nothing)
        if outFirst { #expect(closing.clientClosed() == false) } else { closing.flushed() }
        #expect(closing.advance() == .endConnection)
        #expect(closing.advance() == .nothing)
    }

    @Test("The client closes: it is answered once, and the connection ends when the answer is out")
    func byClient() {
        var closing = Closing()
        let wantsAnswer = closing.clientClosed()
        let again = closing.clientClosed()
        #expect(wantsAnswer && !again)
        let (begun, failed) = (closing.begin(), closing.fail())
        #expect(!begun && !failed && closing.phase == .answering)
        #expect(closing.advance() == .nothing)
        closing.flushed()
        #expect(closing.advance() == .endConnection)
    }

    @Test("A violation: the client is told, sending ends, and the client is left to end the connection")
    func failing() {
        var closing = Closing()
        let tells = closing.fail()
        #expect(tells && closing.phase == .failing)
        let (again, begun) = (closing.fail(), closing.begin())
        #expect(!again && !begun)
        closing.flushed()
        #expect(closing.advance() == .endSending)
        #expect(closing.phase == .lingering && closing.advance() == .nothing)
        let wantsAnswer = closing.clientClosed()
        #expect(!wantsAnswer && closing.advance() == .nothing)
        closing.end()
        #expect(closing.phase == .ended && closing.advance() == .nothing)
    }

    @Test("A violation of a client that says no more: it is told, and the connection ends")
    func failingAlone() {
        var closing = Closing()
        _ = closing.fail()
        #expect(closing.clientClosed() == false)
        #expect(closing.advance() == .nothing)
        closing.flushed()
        #expect(closing.advance() == .endConnection)
    }

    @Test("A violation after the server's close frame is not told, since nothing comes behind that")
    func failingLate() {
        var closing = Closing()
        _ = closing.begin()
        let tells = closing.fail()
        #expect(!tells && closing.phase == .failing)
        closing.flushed()
        #expect(closing.advance() == .endSending)
    }

    @Test("What has ended stays so")
    func ended() {
        var closing = Closing()
        closing.end()
        let any = [closing.begin(), closing.fail(), closing.clientClosed()]
        #expect(any == [false, false, false] && closing.phase == .ended)
        closing.flushed()
        #expect(closing.advance() == .nothing)
    }
}
