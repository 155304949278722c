import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: what a close frame says")
struct CloseFrameTests {
    private func read(_ payload: [UInt8]) throws -> CloseFrame {
        try CloseFrame(ByteBuffer(bytes: payload))
    }

    @Test(
        "Codes that may be sent", arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1013, 3000, 3999, 4000, 4999])
    func valid(code: UInt16) throws {
        #expect(try read(WebSocketFrame.close(code, "why: ü").payload) == CloseFrame(.init(rawValue: code), reason: "why: ü"))
        #expect(try read(WebSocketFrame.close(code).payload) == CloseFrame(.init(rawValue: code)))
    }

    @Test(
        "Codes that nobody sends",
        arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
    func invalid(code: UInt16) {
        #expect { try read(WebSocketFrame.close(code).payload) } throws: { ($0 as? WebSocketViolation)?.code == .protocolError }
    }

    @Test("No code at all is fine, half of one is not; a reason is UTF-8")
    func odd() throws {
        #expect(try read([]) == CloseFrame(nil))
        #expect { try read([3]) } throws: { ($0 as? WebSocketViolation)?.code == .protocolError }
        #expect { try read([3, 0xE8, 0xC3]) } throws: { ($0 as? WebSocketViolation)?.code == .invalidData }
    }

    @Test("A reason that is too long is cut between characters, and the frame can be read again")
    func long() throws {
        for reason in [String(repeating: "a", count: 200), String(repeating: "ü", count: 100), String(repeating: "👨‍👩‍👧‍👦", count: 20)]
        {
            var bytes = CloseFrame(.goingAway, reason: reason).frame
            let frame = try #require(try WebSocketFrame(takenFrom: &bytes))
            #expect(frame.payload.count <= 125 && frame.payload.count > 90)
            let read = try read(frame.payload)
            #expect(reason.hasPrefix(read.reason) && !read.reason.isEmpty)
        }
        var empty = CloseFrame(nil).frame
        #expect(try WebSocketFrame(takenFrom: &empty)?.payload == [])
    }
}
