import Foundation
@testable import Redis
import TestSupport
import Testing

/// Whatever a server sends: replies, a wish for more bytes, or an error that stays. Never a crash, never growth without bound.
@Suite struct HostileStreamTests {
    @Test(arguments: [
        "$-2\r\n", "*-2\r\n", "$-9223372036854775808\r\n", "*-9223372036854775808\r\n", "$99999999999999999999\r\n",
        ":9223372036854775808\r\n", ":-9223372036854775809\r\n", ":\r\n", ":1x\r\n", "$\r\n", "$x\r\n", "*x\r\n", "*1.5\r\n",
        "$3\r\nabcd\r\n", "$1\r\nabc+OK\r\n", "$3\r\nab\r\n+x\r\n", "*99999999999999999999\r\n", "\r\n", "GET / HTTP/1.1\r\n",
        "\0", "*1\r\n!1\r\n",
    ])
    func whatIsNotTheProtocolIsAnError(_ stream: String) {
        #expect(read(Array(stream.utf8)) == Reading(isBroken: true))
        #expect(read(Array(stream.utf8), cuts: Array(0..<stream.utf8.count)) == Reading(isBroken: true))
    }

    @Test(arguments: [
        "%1\r\n+a\r\n+b\r\n", "~1\r\n+a\r\n", "#t\r\n", ",1.5\r\n", ",inf\r\n", "(12345678901234567890\r\n", "_\r\n",
        "=7\r\ntxt:abc\r\n", ">2\r\n+message\r\n+a\r\n", "|1\r\n+a\r\n+b\r\n", "!3\r\nERR\r\n", "*1\r\n_\r\n",
    ])
    func theThirdProtocolIsAnError(_ stream: String) {
        #expect(read(Array(stream.utf8)) == Reading(isBroken: true))
    }

    @Test(arguments: [
        "$5\r\nab", "*2\r\n:1\r\n", "+OK\r", ":1", "$", "*3", "*1\r\n*1\r\n*1\r\n", "$9223372036854775807\r\nabc", "-ERR",
    ])
    func whatIsCutShortAsksForMore(_ stream: String) {
        #expect(read(Array(stream.utf8)) == Reading())
    }

    @Test func nestingBeyondTheLimitIsAnError() {
        var random = SeededGenerator()
        let deepest = RedisValue.nested(ReplyReader.maximumDepth)
        #expect(read(deepest.encoded(using: &random)) == Reading(replies: [deepest]))
        for depth in [ReplyReader.maximumDepth + 1, 9, 10, 100, 100_000] {
            #expect(read([UInt8](String(repeating: "*1\r\n", count: depth).utf8)).isBroken, "depth \(depth)")
        }
    }

    @Test func garbageIsTreatedAlikeHoweverItIsCut() async {
        var random = SeededGenerator()
        for _ in 0..<3_000 {
            let alphabet = Array("$*:+-01279\r\n".utf8)
            let isPlain = Bool.random(using: &random)
            let stream = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                isPlain ? random.pick(alphabet) : UInt8.random(in: .min ... .max, using: &random)
            }
            guard isAlikeHoweverCut(stream, &random) else { return }
            await Task.yield()
        }
    }

    @Test func mutationsOfRealStreamsAreTreatedAlikeHoweverTheyAreCut() async {
        var random = SeededGenerator()
        for _ in 0..<1_500 {
            var stream = (0..<4).reduce(into: [UInt8]()) { stream, _ in
                stream += RedisValue.random(depth: 4, using: &random).encoded(using: &random).prefix(2_000)
            }
            for _ in 0..<Int.random(in: 1...4, using: &random) where !stream.isEmpty {
                let place = Int.random(in: 0..<stream.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: stream[place] = .random(in: .min ... .max, using: &random)
                case 1: stream.remove(at: place)
                case 2: stream.insert(random.pick(Array("0123456789-$*:".utf8)), at: place)
                default: stream.removeSubrange(place...)
                }
            }
            guard isAlikeHoweverCut(stream, &random) else { return }
            await Task.yield()
        }
    }

    private func isAlikeHoweverCut(_ stream: [UInt8], _ random: inout SeededGenerator) -> Bool {
        let whole = read(stream)
        let cuts = (0..<8).map { _ in Int.random(in: 0...stream.count, using: &random) }.sorted()
        let inPieces = read(stream, cuts: cuts)
        #expect(whole == inPieces, "\(stream) cut at \(cuts), \(random)")
        return whole == inPieces
    }

    @Test func afterAnErrorThereIsNothingButErrors() {
        let reader = StreamReader()
        #expect(reader.feed("+OK\r\n"))
        #expect(!reader.feed("?\r\n"))
        for stream in ["+OK\r\n", "", ":1\r\n", "?"] {
            #expect(!reader.feed(Array(stream.utf8)[...]) { _ in Issue.record("a reply after the stream was broken") })
        }
    }

    @Test(arguments: ["$1099511627776\r\n", "*2\r\n$1099511627776\r\n", "*1000000\r\n"])
    func anEndlessReplyStopsAtTheLimit(_ beginning: String) {
        let limit = 16 << 20
        let reader = StreamReader(maximumReplySize: limit)
        #expect(reader.feed(beginning))
        let piece = Array(String(repeating: "$65528\r\n\(String(repeating: "x", count: 65_528))\r\n", count: 4).utf8)
        var fed = 0
        while fed < 200 << 20, reader.feed(piece[...]) { fed += piece.count }
        #expect(fed > limit - 2 * piece.count && fed <= limit)
    }

    @Test(arguments: ["+", "-", ":", "$", "*", "*1\r\n+"])
    func aLineThatDoesNotEndStops(_ beginning: String) {
        let reader = StreamReader()
        #expect(reader.feed(beginning))
        let piece = [UInt8](repeating: UInt8(ascii: "1"), count: 64 << 10)
        var fed = 0
        while fed < 8 << 20, reader.feed(piece[...]) { fed += piece.count }
        #expect(fed <= 2 << 20)
    }

    @Test func anArrayIsNotAllocatedBeforeItsElementsCome() throws {
        let before = try addressSpace()
        for _ in 0..<8 {
            let reader = StreamReader()
            #expect(reader.feed("*2147483647\r\n*2147483647\r\n*2147483647\r\n"))
            // One of them alone would take 64 GiB.
            #expect(try addressSpace() - before < 16 << 30)
        }
    }

    @Test func tooManyElementsAreAnError() {
        let reader = StreamReader()
        #expect(reader.feed("*2147483647\r\n"))
        let piece = Array(String(repeating: ":1\r\n", count: 256 << 10).utf8)
        var pieces = 0
        while pieces < 100, reader.feed(piece[...]) { pieces += 1 }
        #expect(pieces < 20)
    }

    /// Bytes of address space in use by this process.
    private func addressSpace() throws -> Int {
        #if os(Linux)
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).prefix { $0 != " " }
        return try #require(Int(pages)) * 4_096
        #else
        return 0
        #endif
    }
}
