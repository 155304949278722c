import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: frames that are written together")
struct FrameJoinerTests {
    @Test("All bytes come out once, in order, and frames that others have are not changed")
    func model() {
        var random = SeededGenerator()
        for _ in 0..<200 {
            let frames = (0..<Int.random(in: 1...40, using: &random)).map { number in
                ByteBuffer(repeating: UInt8(number), count: random.pick([0, 1, 20, 300, 5_000, 20_000, 70_000]))
            }
            let copies = frames.map { Array($0.readableBytesView) }
            var joiner = FrameJoiner()
            var out: [ByteBuffer] = []
            for frame in frames { if let bytes = joiner.add(frame) { out.append(bytes) } }
            out.append(joiner.rest)
            #expect(out.flatMap { Array($0.readableBytesView) } == copies.flatMap { $0 }, "\(random)")
            #expect(frames.map { Array($0.readableBytesView) } == copies, "\(random)")
        }
    }

    @Test("Small ones become one, a single one is handed on as it is")
    func joined() {
        var joiner = FrameJoiner()
        for number in 0..<20 { #expect(joiner.add(ByteBuffer(string: "frame \(number)")) == nil) }
        #expect(joiner.rest.readableBytes == 150)
        #expect(joiner.add(ByteBuffer(repeating: 0, count: 1 << 20))?.readableBytes == 150)
        #expect(joiner.rest.readableBytes == 1 << 20)
    }
}
