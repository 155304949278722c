import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: frames")
struct FrameTests {
    @Test(
        "A client's frame is read as it is meant, and no byte of it is missing",
        arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
    func read(length: Int) throws {
        let bytes = WebSocketFrame.binary(Array(repeating: 7, count: length)).bytes
        let frame = try #require(try Frame.peek(ByteBuffer(bytes: bytes)))
        #expect(frame.opcode == .binary && frame.isFinal && frame.length == length && frame.mask == 0x1234_5678)
        #expect(frame.headLength == bytes.count - length)
        for count in 0..<(frame.headLength) {
            let cut = try Frame.peek(ByteBuffer(bytes: bytes.prefix(count)))
            #expect(cut == nil || (cut?.headLength == .max && cut?.length == length))
        }
    }

    @Test(
        "What no client may send is found with the byte that shows it",
        arguments: [
            ([0xC1], 1), ([0xA1], 1), ([0x91], 1), ([0x83], 1), ([0x8F], 1), ([0x8B], 1), ([0x08], 1), ([0x09], 1), ([0x0A], 1),
            ([0x81, 0x05], 2), ([0x81, 0x7E], 2), ([0x88, 0x00], 2), ([0x89, 0xFE], 2), ([0x88, 0xFF], 2), ([0x8A, 0xFE], 2),
            ([0x82, 0xFE, 0x00, 0x7D], 4), ([0x82, 0xFE, 0x00, 0x00], 4),
            ([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 10), ([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], 10),
            ([0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 10),
        ] as [([UInt8], Int)])
    func violations(bytes: [UInt8], shownBy count: Int) throws {
        #expect(throws: WebSocketViolation.self) { try Frame.peek(ByteBuffer(bytes: bytes)) }
        #expect(try Frame.peek(ByteBuffer(bytes: bytes.prefix(count - 1))) == nil)
    }

    @Test(
        "What the server sends is in order, at each size of the length", arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
    func written(length: Int) throws {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var bytes = WebSocketMessage(binary: ByteBuffer(bytes: payload)).frame
        let frame = try #require(try WebSocketFrame(takenFrom: &bytes))
        #expect(frame.payload == payload && frame.opcode == 2 && frame.isFinal && bytes.readableBytes == 0)
    }

    @Test("Text is the same from a string and from bytes")
    func text() throws {
        for text in ["", "a", "grüße, 世界 👋", String(repeating: "ü", count: 40_000)] {
            var bytes = WebSocketMessage(text).frame
            #expect(bytes == WebSocketMessage(text: ByteBuffer(string: text)).frame)
            let frame = try #require(try WebSocketFrame(takenFrom: &bytes))
            #expect(frame.text == text && frame.opcode == 1)
        }
    }

    @Test("Any mask comes off, at any length")
    func masks() {
        var random = SeededGenerator()
        for length in Array(0...40) + [1000, 1001, 1007] {
            let mask = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
            let plain = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            // At an odd place in the buffer, and behind something.
            let masked = ByteBuffer(bytes: [1, 2, 3] + plain.enumerated().map { $1 ^ mask[$0 % 4] })
            var target = ByteBuffer(bytes: [9])
            target.writeUnmasked(masked.readableBytesView.dropFirst(3), mask: mask.reduce(0) { $0 << 8 | UInt32($1) })
            #expect(Array(target.readableBytesView) == [9] + plain, "\(random)")
        }
    }
}
