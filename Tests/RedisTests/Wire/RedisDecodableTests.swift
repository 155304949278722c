import Redis
import TestSupport
import Testing

@Suite struct RedisDecodableTests {
    @Test func repliesBecomeValues() throws {
        #expect(try RedisValue.integer(5).decode(as: Int.self) == 5)
        #expect(try RedisValue.bytes(Array("-5".utf8)).decode(as: Int.self) == -5)
        #expect(try RedisValue.bytes(Array("1.5e3".utf8)).decode(as: Double.self) == 1_500)
        #expect(try RedisValue.status("OK").decode(as: Bool.self))
        #expect(try RedisValue.integer(0).decode(as: Bool.self) == false)
        #expect(try RedisValue.bytes(Array("é".utf8)).decode(as: String.self) == "é")
        #expect(try RedisValue.bytes([0, 255]).decode(as: [UInt8].self) == [0, 255])
        #expect(try RedisValue.array([.integer(1), .null]).decode(as: [Int?].self) == [1, nil])
        #expect(try RedisValue.null.decode(as: String?.self) == nil)
        let pairs = RedisValue.array([.bytes(Array("a".utf8)), .integer(1), .bytes(Array("b".utf8)), .integer(2)])
        #expect(try pairs.decode(as: [String: Int].self) == ["a": 1, "b": 2])
    }

    @Test func whatHasAnotherFormIsAnError() throws {
        expectUnexpected { try RedisValue.null.decode(as: Int.self) }
        expectUnexpected { try RedisValue.bytes(Array("5x".utf8)).decode(as: Int.self) }
        expectUnexpected { try RedisValue.bytes(Array("9223372036854775808".utf8)).decode(as: Int.self) }
        expectUnexpected { try RedisValue.bytes([0xFF]).decode(as: String.self) }
        expectUnexpected { try RedisValue.integer(256).decode(as: UInt8.self) }
        expectUnexpected { try RedisValue.integer(2).decode(as: Bool.self) }
        expectUnexpected { try RedisValue.array([.integer(1)]).decode(as: [String: Int].self) }
        expectUnexpected { try RedisValue.array([.integer(1), .null]).decode(as: [Int].self) }
        let reply = RedisValue.error(RedisErrorReply("WRONGTYPE no"))
        let error = #expect(throws: RedisError.self) { try reply.decode(as: Int.self) }
        #expect(error?.code == .errorReply && error?.reply?.kind == "WRONGTYPE")
    }

    private func expectUnexpected<Value>(_ decode: () throws -> Value, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: RedisError.self, sourceLocation: sourceLocation) { _ = try decode() }
        #expect(error?.code == .unexpectedReply, sourceLocation: sourceLocation)
    }
}
