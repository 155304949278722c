import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: messages from frames")
struct MessageAssemblyTests {
    private func configuration(maximum: Int = 1000, binary: Bool = true) -> WebSocketConfiguration {
        var configuration = WebSocketConfiguration()
        (configuration.maximumMessageBytes, configuration.acceptsBinary) = (maximum, binary)
        return configuration
    }

    /// What these bytes say, and how it ends if it does.
    private func events(
        of bytes: [UInt8], chunks: [Int] = [], _ configuration: WebSocketConfiguration
    ) -> (events: [MessageAssembly.Event], violation: WebSocketViolation?) {
        var (assembly, space, buffer) = (MessageAssembly(), ByteBuffer(), ByteBuffer())
        var events: [MessageAssembly.Event] = []
        var rest = bytes[...]
        var sizes = chunks[...]
        do {
            while !rest.isEmpty {
                let chunk = rest.prefix(sizes.popFirst() ?? rest.count)
                rest = rest.dropFirst(chunk.count)
                buffer.writeBytes(chunk)
                while let event = try assembly.next(from: &buffer, configuration, space: &space) { events.append(event) }
            }
        } catch {
            return (events, error)
        }
        return (events, nil)
    }

    private func code(_ frames: WebSocketFrame..., maximum: Int = 1000, binary: Bool = true) -> WebSocketCloseCode? {
        events(of: frames.flatMap(\.bytes), configuration(maximum: maximum, binary: binary)).violation?.code
    }

    @Test("Messages in whatever fragments, with control frames between them, in whatever pieces they arrive")
    func property() {
        var random = SeededGenerator()
        for _ in 0..<300 {
            var wire: [UInt8] = []
            var wanted: [MessageAssembly.Event] = []
            func control() {
                guard Int.random(in: 0..<3, using: &random) == 0 else { return }
                let payload = (0..<Int.random(in: 0...125, using: &random)).map { UInt8($0) }
                let isPing = Bool.random(using: &random)
                wire += (isPing ? WebSocketFrame.ping(payload) : .pong(payload)).bytes
                wanted.append(isPing ? .ping(ByteBuffer(bytes: payload)) : .pong)
            }
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                control()
                let isText = Bool.random(using: &random)
                let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in random.pick(["a", "ü", "€", "👋"]) }.joined()
                var rest = Array(text.utf8)[...]
                var opcode: UInt8 = isText ? 1 : 2
                while true {
                    let isLast = Bool.random(using: &random)
                    let piece = isLast ? rest : rest.prefix(Int.random(in: 0...rest.count, using: &random))
                    rest = rest.dropFirst(piece.count)
                    var frame = WebSocketFrame(opcode, Array(piece))
                    frame.isFinal = isLast
                    frame.mask = (0..<4).map { _ in .random(in: 0...255, using: &random) }
                    wire += frame.bytes
                    opcode = 0
                    if isLast { break }
                    control()
                }
                wanted.append(isText ? .text(ByteBuffer(string: text)) : .binary(ByteBuffer(string: text)))
            }
            let chunks = (0..<wire.count).map { _ in Int.random(in: 1...random.pick([1, 3, 20, 500]), using: &random) }
            let (events, violation) = events(of: wire, chunks: chunks, configuration())
            #expect(events == wanted && violation == nil, "\(random)")
        }
    }

    @Test("A message has the size that is allowed, and not a byte more, in one frame or in many")
    func size() {
        let (ten, eleven) = (WebSocketFrame.text("0123456789"), WebSocketFrame.text("0123456789a"))
        #expect(code(ten, maximum: 10) == nil)
        #expect(code(eleven, maximum: 10) == .tooLarge)
        #expect(code(ten.unfinished, .continuation([]).unfinished, .continuation([]), maximum: 10) == nil)
        #expect(code(ten.unfinished, .continuation([97]), maximum: 10) == .tooLarge)
        // It is not waited for: the head says enough.
        var huge = WebSocketFrame.text("")
        huge.claimedLength = 1 << 40
        #expect(code(huge, maximum: 10) == .tooLarge)
        let head = Array(huge.bytes.prefix(10))
        #expect(events(of: head, configuration(maximum: 10)).violation?.code == .tooLarge)
    }

    @Test("UTF-8 is whole in a message, not in a fragment")
    func text() {
        let euro = Array("€".utf8)
        #expect(
            code(WebSocketFrame(1, [euro[0]]).unfinished, .continuation([euro[1]]).unfinished, .continuation([euro[2]])) == nil)
        #expect(code(WebSocketFrame(1, [euro[0]]).unfinished, .continuation([euro[1]])) == .invalidData)
        #expect(code(WebSocketFrame(1, [0xC0, 0x80])) == .invalidData)
        #expect(code(WebSocketFrame(1, [0xED, 0xA0, 0x80])) == .invalidData)
        #expect(code(WebSocketFrame(2, [0xC0, 0x80])) == nil)
    }

    @Test("Fragments are in order: one message at a time, begun before it is continued")
    func order() {
        #expect(code(.continuation([])) == .protocolError)
        #expect(code(.continuation([]).unfinished) == .protocolError)
        #expect(code(.text("a").unfinished, .text("b")) == .protocolError)
        #expect(code(.text("a").unfinished, .binary([1]).unfinished) == .protocolError)
        #expect(code(.text("a").unfinished, .continuation([98]), .continuation([99])) == .protocolError)
        #expect(code(.ping().unfinished) == .protocolError)
    }

    @Test("Binary messages are for who wants them")
    func binary() {
        #expect(code(.binary([1]), binary: false) == .unacceptable)
        #expect(code(.binary([]).unfinished, binary: false) == .unacceptable)
        #expect(code(.binary([1])) == nil)
    }

    @Test("Random bytes never do harm")
    func noise() {
        var random = SeededGenerator()
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = events(of: [random.pick([0x81, 0x01, 0x80, 0x88, 0x89]), 0x80 | bytes[0] & 0x0F] + bytes, configuration())
        }
    }
}
