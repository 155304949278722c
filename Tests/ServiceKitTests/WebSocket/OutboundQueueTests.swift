import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: what waits for a client")
struct OutboundQueueTests {
    private var configuration: WebSocketConfiguration {
        var configuration = WebSocketConfiguration()
        (configuration.maximumQueuedBytes, configuration.maximumQueuedMessages) = (1000, 8)
        return configuration
    }

    @Test("All goes out in order; bytes and messages are those that have not been taken")
    func model() {
        var random = SeededGenerator()
        for _ in 0..<200 {
            var queue = OutboundQueue()
            var (sent, written, inBatch): ([String], [String], [String]) = ([], [], [])
            for step in 0..<60 {
                switch Int.random(in: 0..<4, using: &random) {
                case 0, 1:
                    let text = String(repeating: "x", count: .random(in: 0...300, using: &random)) + "\(step)"
                    let outstanding = sent.dropFirst(written.count)
                    let hasRoom =
                        outstanding.count < 8
                        && (outstanding.isEmpty || outstanding.reduce(text.utf8.count) { $0 + $1.utf8.count } <= 1000)
                    #expect(queue.append(ByteBuffer(string: text), configuration) == hasRoom, "\(random)")
                    if hasRoom { sent.append(text) }
                case 2 where queue.isReady: queue.beginBatch { inBatch.append(String(buffer: $0)) }
                case 3 where queue.isWriting:
                    queue.batchWritten()
                    written += inBatch
                    inBatch = []
                default: break
                }
                let outstanding = sent.dropFirst(written.count)
                #expect(queue.bytes == outstanding.reduce(0) { $0 + $1.utf8.count }, "\(random)")
                #expect(queue.messages == outstanding.count && queue.isEmpty == (outstanding.isEmpty && !queue.isWriting))
                #expect(Array(sent.prefix(written.count + inBatch.count)) == written + inBatch, "\(random)")
            }
        }
    }

    @Test("A message that is larger than the queue has room when nothing else waits")
    func large() {
        var queue = OutboundQueue()
        let large = ByteBuffer(repeating: 1, count: 5000)
        #expect(queue.append(large, configuration) == true)
        #expect(queue.append(ByteBuffer(string: "a"), configuration) == false)
    }

    @Test("A flood of pings costs one pong, the last one's; one ping waits at most; both go before messages")
    func control() throws {
        var queue = OutboundQueue()
        #expect(queue.append(WebSocketMessage("m").frame, configuration) == true)
        for number in 0..<1000 { queue.answerPing(ByteBuffer(string: "\(number)")) }
        for _ in 0..<3 { queue.appendPing() }
        var out = ByteBuffer()
        queue.beginBatch { out.writeImmutableBuffer($0) }
        var frames: [WebSocketFrame] = []
        while let frame = try WebSocketFrame(takenFrom: &out) { frames.append(frame) }
        #expect(frames.map(\.opcode) == [0xA, 0x9, 0x1] && frames[0].text == "999" && out.readableBytes == 0)
        queue.batchWritten()
        #expect(queue.isEmpty)
    }

    @Test(
        "The last frame has room always; what waits is dropped before it if so wanted; nothing comes behind it",
        arguments: [true, false])
    func end(dropping: Bool) {
        var queue = OutboundQueue()
        for text in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            #expect(queue.append(ByteBuffer(string: text), configuration) == true)
        }
        #expect(queue.append(ByteBuffer(string: "i"), configuration) == false)
        queue.end(with: ByteBuffer(string: "!"), dropping: dropping)
        queue.appendPing()
        queue.answerPing(ByteBuffer())
        #expect(queue.append(ByteBuffer(string: "x"), configuration) == true)
        queue.end(with: ByteBuffer(string: "?"), dropping: true)
        var out = ""
        queue.beginBatch { out += String(buffer: $0) }
        #expect(out == (dropping ? "!" : "abcdefgh!"))
        queue.batchWritten()
        #expect(queue.isEmpty && queue.isEnded && queue.bytes == 0)
    }

    @Test("A batch has its size, and one message at least")
    func batches() {
        var wide = configuration
        (wide.maximumQueuedBytes, wide.maximumQueuedMessages) = (1 << 30, 100)
        var queue = OutboundQueue()
        for _ in 0..<10 { #expect(queue.append(ByteBuffer(repeating: 0, count: OutboundQueue.batchBytes / 4), wide) == true) }
        #expect(queue.append(ByteBuffer(repeating: 0, count: OutboundQueue.batchBytes * 3), wide) == true)
        var counts: [Int] = []
        while queue.isReady {
            var count = 0
            queue.beginBatch { _ in count += 1 }
            counts.append(count)
            queue.batchWritten()
        }
        #expect(counts == [4, 4, 2, 1])
    }

    @Test("That it is drained is told once after it was half full, and not for less")
    func drained() {
        var queue = OutboundQueue()
        func drain() {
            queue.beginBatch { _ in }
            queue.batchWritten()
        }
        #expect(queue.append(ByteBuffer(repeating: 0, count: 500), configuration) == true)
        #expect(!queue.isHalfFull(configuration))
        drain()
        #expect(queue.takeDrained() == false)
        #expect(queue.append(ByteBuffer(repeating: 0, count: 501), configuration) == true)
        #expect(queue.isHalfFull(configuration))
        #expect(queue.takeDrained() == false)
        drain()
        #expect(queue.takeDrained() == true)
        #expect(queue.takeDrained() == false)
    }
}
