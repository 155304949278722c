@testable import Redis
import TestSupport
import Testing

@Suite struct ReplyReaderTests {
    @Test func repliesComeOutEqualWhereverTheStreamIsCutInTwo() async {
        var random = SeededGenerator()
        for _ in 0..<60 {
            let replies = (0..<Int.random(in: 1...3, using: &random)).map { _ in RedisValue.random(depth: 3, using: &random) }
            let stream = replies.reduce(into: []) { $0 += $1.encoded(using: &random) }
            guard stream.count < 2_000 else { continue }
            for cut in 0...stream.count {
                let reading = read(stream, cuts: [cut])
                #expect(reading == Reading(replies: replies), "cut at \(cut), \(random)")
                guard reading.replies == replies else { return }
            }
            await Task.yield()
        }
    }

    @Test func repliesComeOutEqualHoweverOftenTheStreamIsCut() async {
        var random = SeededGenerator()
        for _ in 0..<150 {
            let replies = (0..<20).map { _ in
                RedisValue.random(depth: .random(in: 0...ReplyReader.maximumDepth, using: &random), using: &random)
            }
            let stream = replies.reduce(into: []) { $0 += $1.encoded(using: &random) }
            let cuts = (0..<Int.random(in: 1...60, using: &random)).map { _ in Int.random(in: 0...stream.count, using: &random) }
            let reading = read(stream, cuts: cuts.sorted())
            #expect(reading == Reading(replies: replies), "\(random)")
            guard reading.replies == replies else { return }
            await Task.yield()
        }
    }

    @Test func aByteAtATime() {
        var random = SeededGenerator()
        let replies: [RedisValue] = [
            .nested(ReplyReader.maximumDepth), .array([]), .bytes([]), .bytes(Array("\r\n\r\n".utf8)), .status(""),
            .array([.null, .array([.null]), .error(RedisErrorReply("ERR inside"))]), .integer(.min), .integer(.max),
            .bytes([UInt8](repeating: 13, count: 9_000)), .array((0..<3_000).map { .integer($0) }),
        ]
        let stream = replies.reduce(into: []) { $0 += $1.encoded(using: &random) }
        #expect(read(stream, cuts: Array(0..<stream.count)) == Reading(replies: replies), "\(random)")
    }

    @Test func longRepliesOneAfterTheOtherAreWhole() {
        var random = SeededGenerator()
        let replies: [RedisValue] = (1...4).map { .bytes([UInt8](repeating: UInt8($0), count: $0 << 20)) } + [.status("OK")]
        let stream = replies.reduce(into: []) { $0 += $1.encoded(using: &random) }
        #expect(read(stream, cuts: [1 << 20, 5 << 20]) == Reading(replies: replies))
    }

    @Test func whatIsNotUTF8InAStatusIsReplaced() {
        #expect(read(Array("+a".utf8) + [0xFF] + Array("b\r\n".utf8)).replies == [.status("a\u{FFFD}b")])
    }

    @Test func anEmptyReadIsNoReply() {
        #expect(read([]) == Reading())
    }
}
