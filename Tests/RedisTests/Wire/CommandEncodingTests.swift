import NIOCore
@testable import Redis
import TestSupport
import Testing

@Suite struct CommandEncodingTests {
    @Test func aCommandIsAnArrayOfBulkStrings() {
        #expect(String(buffer: RedisCommand("SET", "k", -12).encoded) == "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\n-12\r\n")
        #expect(String(buffer: RedisCommand("PING").encoded) == "*1\r\n$4\r\nPING\r\n")
        #expect(String(buffer: RedisCommand("DEL", arguments: ["a", 1]).encoded) == "*3\r\n$3\r\nDEL\r\n$1\r\na\r\n$1\r\n1\r\n")
    }

    @Test(arguments: [Int.min, .min + 1, -10, -9, -1, 0, 1, 9, 10, 99, 100, .max - 1, .max])
    func integersAreDecimal(_ integer: Int) throws {
        #expect(try elements(of: RedisCommand("X", integer)) == ["X", String(integer)].map { Array($0.utf8) })
    }

    @Test func everyIntegerIsDecimal() throws {
        var random = SeededGenerator()
        for _ in 0..<2_000 {
            let integer = Int.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<64, using: &random)
            #expect(try elements(of: RedisCommand("X", integer))[1] == Array(String(integer).utf8), "\(random)")
        }
    }

    @Test(arguments: [0.1, -0.0, 1e300, .leastNonzeroMagnitude, 123456789.123456789, .infinity])
    func doublesReadBackTheSame(_ double: Double) throws {
        let text = String(decoding: try elements(of: RedisCommand("X", double))[1], as: UTF8.self)
        #expect(Double(text) == double)
    }

    @Test func textAndBytesAreKeptAsTheyAre() throws {
        let binary = [UInt8](0...255) + Array("\r\n$3\r\n".utf8)
        var buffer = ByteBuffer(bytes: [1, 2, 3, 4])
        buffer.moveReaderIndex(forwardBy: 2)
        #expect(
            try elements(of: RedisCommand("X", "", "🦊é\r\n", binary, [UInt8](), buffer))
                == [[88], [], Array("🦊é\r\n".utf8), binary, [], [3, 4]])
    }

    @Test func aScriptIsCalledByItsDigestAndRepeatedByItsSource() throws {
        let script = RedisScript(name: "answer", source: "return 42")
        #expect(script.digest == "1fa00e76656cc152ad327c13fe365858fd7be306")
        let command = script.call(keys: ["k"], 7, "x", isIdempotent: true)
        #expect(try texts(of: command) == ["EVALSHA", script.digest, "1", "k", "7", "x"])
        let repetition = try #require(command.script).withSource(isIdempotent: true)
        #expect(try texts(of: repetition) == ["EVAL", "return 42", "1", "k", "7", "x"])
        #expect(command.name == "answer" && repetition.name == "answer" && repetition.isIdempotent)
        #expect(try texts(of: script.call(keys: [], arguments: [])) == ["EVALSHA", script.digest, "0"])
    }

    /// A request has the form of a reply, so the reader takes it apart.
    private func elements(of command: RedisCommand) throws -> [[UInt8]] {
        let reading = read(Array(buffer: command.encoded))
        try #require(reading.replies.count == 1 && !reading.isBroken)
        return try reading.replies[0].decode(as: [[UInt8]].self)
    }

    private func texts(of command: RedisCommand) throws -> [String] {
        try elements(of: command).map { String(decoding: $0, as: UTF8.self) }
    }
}
